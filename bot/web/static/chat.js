/* The chat, live. The page works without this file: each form posts and comes back. Here the same forms are sent in the
   background, new messages arrive through one stream, and the screen is cleared when nobody touches it for a while. */
"use strict";
(() => {
  const chat = document.getElementById("chat");
  if (!chat) return;
  const log = document.getElementById("log");
  const box = document.getElementById("bericht");
  const notice = document.getElementById("notice");
  const state = document.getElementById("state");
  const known = document.getElementById("known");
  const sayForm = document.getElementById("say");
  const words = chat.dataset;
  let last = Number(words.last || 0);
  const pane = "loket-session";
  const embedded = words.embedded === "1";

  const token = () => (embedded ? sessionStorage.getItem(pane) || "" : "");
  const headers = (more) => {
    const all = { "X-Loket-Live": "1", ...more };
    if (token()) all["X-Loket-Session"] = token();
    return all;
  };
  const fresh = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  };
  const tell = (text) => { notice.textContent = text; notice.hidden = !text; };
  const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;

  /* put messages in the log, each number once */
  function add(nodes) {
    let first = null;
    for (const node of nodes) {
      const seq = Number(node.dataset.seq);
      if (seq > 0) log.querySelectorAll('[data-seq^="-"]').forEach((preview) => preview.remove()); // the stored welcome replaces the shown one
      if (log.querySelector(`[data-seq="${seq}"]`)) continue;
      if (node.querySelector("form.answer")) log.querySelectorAll(".msg:not(.past)").forEach((old) => old.classList.add("past"));
      node.classList.add("fresh");
      log.append(document.adoptNode(node));
      last = Math.max(last, seq);
      first = first || node;
    }
    if (first) {
      group();
      show(first);
    }
  }
  /* what is new must be read from its beginning: to the end when it fits on the screen, else to its first line */
  function show(first) {
    const end = log.lastElementChild;
    const room = window.innerHeight - document.getElementById("dock").offsetHeight - document.querySelector(".bar").offsetHeight - 32;
    const fits = end.getBoundingClientRect().bottom - first.getBoundingClientRect().top <= room;
    (fits ? end : first).scrollIntoView({ block: fits ? "end" : "start" });
  }
  new ResizeObserver(() => { document.documentElement.style.scrollPaddingBlockEnd = document.getElementById("dock").offsetHeight + 16 + "px"; }).observe(document.getElementById("dock"));
  function group() {
    let before = null;
    for (const node of log.children) {
      node.classList.toggle("follows", before !== null && before.dataset.sender === node.dataset.sender);
      before = node;
    }
  }
  function take(html) {
    const body = parse(html);
    add(body.querySelectorAll("li.msg"));
    const line = body.querySelector("[data-part=state]");
    if (line && state.innerHTML.trim() !== line.innerHTML.trim()) state.replaceChildren(...line.childNodes);
    const facts = body.querySelector("[data-part=known]");
    if (facts && known) known.replaceChildren(...facts.childNodes);
    if (body.querySelector("[data-part=reload]")) location.reload();
    const elsewhere = body.querySelector("[data-part=goto]");
    if (elsewhere) location.assign(elsewhere.getAttribute("href"));
  }

  /* sending */
  let busy = false;
  async function post(form, button) {
    if (busy) return;
    const body = new FormData(form);
    if (button && button.name) body.set(button.name, button.value);
    if (form === sayForm && !String(body.get("text") || "").trim()) { tell(words.empty); box.focus(); return; }
    body.set("na", String(last));
    busy = true;
    tell("");
    chat.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body), headers: headers({}), credentials: "same-origin" });
      const html = await answer.text();
      if (!answer.ok) { tell(answer.status === 429 ? parse(html).textContent.trim() : words.notStored); return; }
      const session = answer.headers.get("X-Loket-Session");
      if (embedded && session) sessionStorage.setItem(pane, session);
      const key = fresh();
      document.querySelectorAll("input[name=client_msg_id]").forEach((one) => { one.value = one.closest("#say") || one.closest("form.answer") ? key : key + one.value.replace(/^[^-]*/, ""); });
      if (form === sayForm) { box.value = ""; fit(); }
      take(html);
      if (form === sayForm || form.matches("form.answer")) box.focus({ preventScroll: true });
      listen();
    } catch {
      tell(words.offline);
    } finally {
      busy = false;
      chat.removeAttribute("aria-busy");
    }
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("#say, form.answer, .quiet-form") || !form.action.endsWith("/chat/zeg")) return;
    event.preventDefault();
    document.querySelectorAll(".menu[open]").forEach((one) => one.removeAttribute("open"));
    post(form, event.submitter);
  });
  const fit = () => { box.style.blockSize = ""; if (box.scrollHeight > box.clientHeight + 4) box.style.blockSize = Math.min(box.scrollHeight, 160) + "px"; };
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); sayForm.requestSubmit(); }
  });

  const shut = (but) => document.querySelectorAll(".menu[open]").forEach((one) => { if (one !== but) one.removeAttribute("open"); });
  document.addEventListener("click", (event) => shut(event.target.closest(".menu")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".menu[open]");
    if (open) { shut(); open.querySelector("summary").focus(); }
  });

  /* the live stream: read with fetch so that an embedded page can send its session; picks up after the last number seen */
  let reader = null;
  let wait = 1000;
  let stopped = false;
  async function listen() {
    if (reader || stopped || (embedded && !token())) return;
    const control = new AbortController();
    reader = control;
    let nothing = false; // no conversation yet: the first message starts listening
    try {
      const answer = await fetch("/chat/stroom", { headers: headers({ Accept: "text/event-stream", "Last-Event-ID": String(last) }), credentials: "same-origin", signal: control.signal });
      if (answer.status === 204 || !answer.ok) { nothing = answer.status === 204; return; }
      const stream = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      wait = 1000;
      for (;;) {
        const { value, done } = await stream.read();
        if (done) break;
        rest += value;
        for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
          const event = rest.slice(0, end);
          rest = rest.slice(end + 2);
          const data = event.split("\n").filter((one) => one.startsWith("data:")).map((one) => one.slice(5).replace(/^ /, "")).join("\n");
          if (data) take(data);
        }
      }
    } catch { /* the connection fell away: try again below */ } finally {
      reader = null;
      if (!stopped && !nothing) { setTimeout(listen, wait); wait = Math.min(wait * 2, 30000); }
    }
  }
  window.addEventListener("pagehide", () => { stopped = true; if (reader) reader.abort(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  /* idle: on a shared computer nothing stays on the screen */
  const IDLE = words.stays ? Infinity : 15 * 60 * 1000; // beside an editor nobody else comes by
  let touched = Date.now();
  let cleared = false;
  for (const kind of ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"]) {
    window.addEventListener(kind, () => { touched = Date.now(); if (notice.dataset.idle && !cleared) { tell(""); delete notice.dataset.idle; } }, { passive: true });
  }
  function look() {
    const away = Date.now() - touched;
    if (cleared) return;
    if (away > IDLE) {
      cleared = true;
      stopped = true;
      if (reader) reader.abort();
      log.replaceChildren();
      state.replaceChildren();
      if (known) known.replaceChildren();
      box.value = "";
      notice.textContent = words.idle + " ";
      const again = document.createElement("button");
      again.type = "button";
      again.className = "nl-button nl-button--secondary";
      again.textContent = words.idleShow;
      again.addEventListener("click", () => location.reload());
      notice.append(again);
      notice.hidden = false;
    } else if (away > IDLE - 2 * 60 * 1000 && !notice.dataset.idle) {
      tell(words.idleSoon);
      notice.dataset.idle = "1";
    }
  }
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);

  /* read aloud with the browser's own voice */
  if ("speechSynthesis" in window) {
    document.querySelectorAll("[data-read]").forEach((button) => {
      button.hidden = false;
      const label = button.querySelector("span");
      const rest = label.textContent;
      button.addEventListener("click", () => {
        if (speechSynthesis.speaking) { speechSynthesis.cancel(); label.textContent = rest; return; }
        const latest = [...log.querySelectorAll(".msg:not(.visitor)")].slice(-4);
        label.textContent = words.readStop;
        latest.forEach((node, index) => {
          const said = new SpeechSynthesisUtterance([...node.querySelectorAll(".bubble, .choices button")].map((one) => one.innerText).join(". "));
          said.lang = { nl: "nl-NL", en: "en-GB" }[node.lang] || node.lang || "nl-NL";
          if (index === latest.length - 1) said.onend = () => { label.textContent = rest; };
          speechSynthesis.speak(said);
        });
      });
    });
  }

  if (embedded) {
    document.querySelectorAll("a[href^='/']").forEach((one) => { one.target = "_blank"; one.rel = "noopener"; });
    fetch("/chat/berichten", { headers: headers({}), credentials: "same-origin" }).then(async (answer) => {
      const session = answer.headers.get("X-Loket-Session");
      if (session) sessionStorage.setItem(pane, session);
      take(await answer.text());
      listen();
    });
  } else {
    group();
    const own = [...log.querySelectorAll(".msg.visitor")].pop();
    if (location.hash === "" && own) show(own);
    listen();
  }
})();
