/* One line on your own website: <script src="https://…/embed.js" data-loket defer></script>
   Shows the chat in a frame where the line stands. Without JavaScript, put an ordinary link to /chat beside it. */
"use strict";
(() => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const frame = document.createElement("iframe");
  frame.src = origin + "/chat?embed=1";
  frame.title = script.dataset.title || "Chat van het ontwikkelloket";
  frame.loading = "lazy";
  frame.style.cssText = "inline-size:100%;max-inline-size:44rem;block-size:min(44rem,85vh);border:1px solid #66777a;border-radius:.75rem;background:#f6f4ee";
  if (document.body.contains(script)) script.after(frame);
  else document.body.append(frame);
})();
