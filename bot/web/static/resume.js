/* A scanned code stands behind # in the address, so that it never reaches a log; here it is put in the field. */
"use strict";
(() => {
  const field = document.getElementById("code");
  const code = decodeURIComponent(location.hash.slice(1));
  if (field && /^[A-Za-z0-9-]{8,40}$/.test(code)) { field.value = code; history.replaceState(null, "", location.pathname); field.focus(); }
})();
