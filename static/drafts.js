/*
 * What is typed into a value's form goes to the server while it is typed, so that a lost connection, a closed tab,
 * an ended session or a stopped server loses nothing. The page marks the form it is for by `.cmi-draft`; the
 * fields have the keys draft_value…, draft_quality…, draft_note…; the button draft_save… records instead.
 */
"use strict";
(() => {
  const PAUSE = 350, AGAIN = 3000, KEPT = "cmi_drafts";
  let timer = 0, queue = Promise.resolve(), focused = "", quality = "";

  const mark = () => document.querySelector(".cmi-draft[data-ticket]");
  const part = (name) => document.querySelector(`[class*="st-key-draft_${name}"]`);
  const field = (name) => part(name)?.querySelector("input, textarea");
  const chosen = (name) => (field(name)?.value || part(name)?.querySelector("[data-baseweb=select], [role=combobox]")?.textContent || "").trim();

  const typed = () => {
    const form = mark(), value = field("value");
    if (!form || !value) return null;
    const { ticket, kpi, period, part } = form.dataset;
    return { ticket, kpi, period, part, value: value.value, quality: chosen("quality"), note: field("note")?.value ?? "" };
  };
  const of = (draft) => [draft.kpi, draft.period, draft.part].join("~");
  const unsent = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)) || {}; } catch { return {}; } };
  const remember = (drafts) => {
    try { Object.keys(drafts).length ? sessionStorage.setItem(KEPT, JSON.stringify(drafts)) : sessionStorage.removeItem(KEPT); } catch { /* private window */ }
  };
  const say = (key) => {
    const place = document.querySelector(".cmi-draft-said");
    if (place) place.textContent = mark()?.dataset[key] ?? "";
  };

  const post = async (draft) => {
    let answer = null;
    try {
      answer = await fetch("/draft", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(draft), keepalive: true });
    } catch { /* no connection */ }
    const taken = answer !== null && answer.status < 500, drafts = unsent();
    if (taken) delete drafts[of(draft)]; else drafts[of(draft)] = draft;
    remember(drafts);
    say(answer?.ok ? "kept" : taken ? "" : "waiting");
    return answer?.ok ?? false;
  };
  // One after the other: a later one must not arrive first.
  const send = (draft) => { queue = queue.then(() => post(draft)); return queue; };
  const now = () => {
    if (!timer) return;
    clearTimeout(timer); timer = 0;
    const draft = typed();
    if (draft) send(draft);
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(now, PAUSE); };
  const never = () => { clearTimeout(timer); timer = 0; };

  const inForm = (target) => target instanceof Element && target.closest('[class*="st-key-draft_"]');
  document.addEventListener("input", (event) => { if (inForm(event.target)) soon(); }, true);
  // A choice from a list tells nothing while it is made: it is compared when its field is left.
  document.addEventListener("focusout", (event) => {
    if (inForm(event.target) && field("value")?.value && chosen("quality") !== quality) { quality = chosen("quality"); soon(); }
  }, true);
  // Saving keeps the draft by itself; what arrived after it would bring back what was just recorded.
  document.addEventListener("keydown", (event) => { if (event.key === "Enter" && inForm(event.target)) never(); }, true);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest('[class*="st-key-draft_save"]')) never(); else now();
  }, true);
  addEventListener("pagehide", now);

  // What could not be sent is tried again; where the page meanwhile shows something older, it is loaded anew.
  const again = async () => {
    for (const draft of Object.values(unsent())) {
      if (!await send(draft)) return;
      const shown = typed();
      if (shown && of(shown) === of(draft) && shown.value !== draft.value) location.reload();
    }
  };
  again();
  addEventListener("online", again);
  setInterval(again, AGAIN);

  // The value's field is ready to type in when its form appears, unless the reader is somewhere else already.
  setInterval(() => {
    const form = mark();
    if (!form) { focused = ""; return; }
    const idle = document.activeElement === null || document.activeElement === document.body;
    if (form.dataset.form !== focused && idle) field("value")?.focus({ preventScroll: true });
    if (field("value") && form.dataset.form !== focused) { focused = form.dataset.form; quality = chosen("quality"); }
  }, 250);
})();
