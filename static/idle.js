/*
 * A page that nobody has touched for a while gives back what the server holds for it: it goes to a page of its own that
 * needs no connection, and comes back to where it was with the first touch. What was typed into a form and not sent yet
 * is not given up for that.
 */
"use strict";
(() => {
  const LEFT = "cmi_left", LOOK = 15000;
  const minutes = Number(document.currentScript?.dataset.minutes ?? 0);
  const on = (kinds, heard) => kinds.forEach((kind) => addEventListener(kind, heard, { capture: true, passive: true }));

  const back = document.getElementById("back");
  if (back) {
    let address = null;
    try { address = sessionStorage.getItem(LEFT); } catch { /* private window */ }
    if (address?.startsWith("/") && !address.startsWith("//")) back.setAttribute("href", address);
    on(["pointerdown", "keydown"], () => location.replace(back.href));
    return;
  }
  if (!(minutes > 0)) return;

  let touched = Date.now(), typed = false;
  on(["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart", "focus"], () => { touched = Date.now(); });
  addEventListener("input", (event) => { if (event.target instanceof Element && event.target.closest("[data-testid=stForm]")) typed = true; }, true);
  addEventListener("click", (event) => { if (event.target instanceof Element && event.target.closest("[data-testid=stFormSubmitButton]")) typed = false; }, true);
  setInterval(() => {
    if (typed || Date.now() - touched < minutes * 60000) return;
    try { sessionStorage.setItem(LEFT, location.pathname + location.search); } catch { return; }
    location.replace(`/idle?lang=${document.documentElement.lang}`);
  }, LOOK);
})();
