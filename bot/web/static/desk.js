/* The desk, live: "something changed" from the stream, drafts kept on the server, canned replies by #, copy, shortcuts. */
"use strict";
(() => {
  const body = document.body;
  const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;
  const post = (url, values) => fetch(url, { method: "POST", body: new URLSearchParams(values), headers: { "X-Loket-Live": "1" }, credentials: "same-origin" });

  /* copy */
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const from = document.getElementById(button.dataset.copy);
    if (!from || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(from.textContent);
      const label = button.querySelector("span");
      const rest = label.textContent;
      label.textContent = "Gekopieerd";
      setTimeout(() => { label.textContent = rest; }, 2500);
    });
  });

  /* drafts: sent three seconds after the last key, so that a lost claim or a closed tab loses nothing */
  const code = body.dataset.case;
  document.querySelectorAll("[data-draft]").forEach((field) => {
    let timer = 0;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => post(`/desk/g/${code}/concept`, { mode: field.dataset.draft, text: field.value }).catch(() => {}), 3000);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); field.form.requestSubmit(); }
    });
  });

  /* canned replies: a click, or # and the key followed by a space */
  document.querySelectorAll("[data-insert]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => insert(button.dataset.insert, ""));
  });
  const reply = document.getElementById("antwoord");
  function insert(text, replace) {
    if (!reply) return;
    reply.value = replace ? reply.value.replace(replace, text) : (reply.value ? reply.value + "\n" : "") + text;
    reply.focus();
    reply.dispatchEvent(new Event("input"));
  }
  if (reply) reply.addEventListener("input", () => {
    const found = /#([\w-]+)\s$/.exec(reply.value);
    const match = found && [...document.querySelectorAll("[data-insert]")].find((one) => one.dataset.key === found[1]);
    if (match) insert(match.dataset.insert, found[0]);
  });

  /* keyboard shortcuts, off unless the coach switched them on (WCAG 2.1.4) */
  if (body.dataset.keys === "1") document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
    const rows = [...document.querySelectorAll(".today > li .who a, .inbox .who a")];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "j" && rows.length) rows[Math.min(at + 1, rows.length - 1)].focus();
    else if (event.key === "k" && rows.length) rows[Math.max(at - 1, 0)].focus();
    else if (event.key === "o") { const form = document.querySelector("form[action$='/oppakken']"); if (form) form.requestSubmit(); }
    else if (event.key === "n") { const note = document.getElementById("notitie"); if (note) { event.preventDefault(); note.focus(); } }
    else if (event.key === "?") location.href = "/desk/account#sneltoetsen";
    else if (event.key === "/") { event.preventDefault(); location.href = "/desk/zoek"; }
  });

  /* live */
  const url = body.dataset.live;
  if (!url) return;
  let told = 0;
  const transcript = document.getElementById("transcript");
  function tell(text, link) {
    const line = document.createElement("p");
    line.className = "utrecht-alert utrecht-alert--warning news";
    line.append(text + " ");
    const again = document.createElement("a");
    again.className = "nl-link";
    again.href = link;
    again.textContent = "Ververs de pagina";
    line.append(again);
    document.getElementById("nieuws").replaceChildren(line); // looked up each time: a renewed list brings its own
    told = Date.now();
  }
  const source = new EventSource(url);
  source.addEventListener("message", (event) => {
    if (transcript && event.data) {
      const page = parse(event.data);
      for (const node of page.querySelectorAll("li.msg")) {
        if (document.querySelector(`.transcript [data-seq="${node.dataset.seq}"]`)) continue;
        transcript.append(document.adoptNode(node));
      }
    }
  });
  source.addEventListener("owner", (event) => { if (event.data !== body.dataset.epoch) tell("Er is iets veranderd in deze hulpvraag. Uw tekst blijft bewaard.", location.href); });
  source.addEventListener("sheet", (event) => { if (event.data !== body.dataset.sheet) tell("De antwoorden op dit blad zijn veranderd.", location.href); });
  /* news within ten seconds of other news waits its turn: the list does not jump about, and the last word is never lost */
  let later = 0;
  source.addEventListener("changed", (event) => {
    if (transcript) return;
    clearTimeout(later);
    later = setTimeout(() => renew(event), Math.max(0, told + 10000 - Date.now()));
  });
  function renew(event) {
    const typing = /INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName);
    if (typing || document.querySelector("details[open]")) { tell(event.data || "Er is nieuws.", location.href); return; }
    fetch(location.href, { credentials: "same-origin" }).then(async (answer) => {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("werk");
      const old = document.getElementById("werk");
      const focus = document.activeElement && document.activeElement.closest("[data-code]");
      if (!fresh) return;
      const said = fresh.querySelector("#nieuws");
      if (said) said.textContent = event.data;
      old.replaceChildren(...[...fresh.childNodes].map((one) => document.adoptNode(one)));
      told = Date.now();
      if (focus) { const same = old.querySelector(`[data-code="${focus.dataset.code}"] a`); if (same) same.focus({ preventScroll: true }); }
    }).catch(() => tell(event.data || "Er is nieuws.", location.href));
  }
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
