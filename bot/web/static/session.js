/* Says two minutes before a session ends that it will, and lets its owner go on (WCAG 2.2.1). */
"use strict";
(() => {
  const frame = document.querySelector("[data-session]");
  const place = document.getElementById("sessie");
  if (!frame || !place) return;
  const WARN = 120;
  let timer = 0;
  const later = (work, seconds) => { clearTimeout(timer); timer = setTimeout(work, Math.max(0, seconds) * 1000); };
  const say = (text, ...rest) => {
    const line = document.createElement("p");
    line.className = "utrecht-alert utrecht-alert--error news";
    line.append(text, " ", ...rest);
    place.replaceChildren(line);
  };
  const ended = () => {
    const link = document.createElement("a");
    link.href = "/desk/login?next=" + encodeURIComponent(location.pathname + location.search);
    link.className = "nl-link";
    link.textContent = "Log opnieuw in";
    say("U bent uitgelogd. Wat u aan het schrijven was, is bewaard als concept.", link);
  };
  const stay = async () => {
    try {
      const answer = await fetch("/desk/blijf", { method: "POST", credentials: "same-origin" });
      if (answer.status === 401) { ended(); return; }
      place.replaceChildren();
      later(warn, Number(answer.headers.get("x-session")) - WARN);
    } catch { say("Er is nu geen verbinding. Probeer het zo opnieuw."); }
  };
  const warn = () => {
    if (frame.dataset.last === "1") say("Over 2 minuten moet u opnieuw inloggen. U bent dan 10 uur ingelogd.");
    else {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "nl-button nl-button--secondary";
      button.textContent = "Blijf ingelogd";
      button.addEventListener("click", stay);
      say("Over 2 minuten wordt u uitgelogd, omdat u een tijd niets deed.", button);
    }
    later(ended, WARN);
  };
  later(warn, Number(frame.dataset.session) - WARN);
})();
