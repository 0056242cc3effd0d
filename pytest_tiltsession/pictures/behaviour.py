"""The script of the page: what is said of a thing beside it, arrow keys, and a filter; knows ids and classes only.

Without it the page is whole: each thing has its title, Tab goes through all, and the tables are there.
"""

SCRIPT = """
(() => {
  "use strict";
  const board = document.getElementById("board"), tip = document.getElementById("tip");
  if (!board || !tip) return;
  const things = [...board.querySelectorAll(".ts-bar,.ts-mark")];
  for (const thing of things) {
    const title = thing.querySelector("title");
    thing.setAttribute("aria-label", title.textContent);
    title.remove();
  }
  let shown = null;
  const hide = () => { tip.hidden = true; shown = null; };
  const show = (thing, x) => {
    shown = thing;
    tip.textContent = thing.getAttribute("aria-label");
    tip.hidden = false;
    const box = thing.querySelector(".hit").getBoundingClientRect(), wide = document.documentElement.clientWidth;
    const left = Math.min(Math.max(8, (x ?? Math.max(box.left, 0)) - 24), wide - tip.offsetWidth - 8);
    const below = box.bottom + tip.offsetHeight + 4 < innerHeight || box.top < tip.offsetHeight + 4;
    tip.style.left = Math.max(8, left) + scrollX + "px";
    tip.style.top = (below ? box.bottom : box.top - tip.offsetHeight) + scrollY + "px";
  };
  const of = (node) => node instanceof Element ? node.closest(".ts-bar,.ts-mark") : null;
  // Where the pointer was when Escape was pressed: what is below it then is told again only after it has moved.
  let last = "", dismissed = null;
  addEventListener("pointermove", (event) => { last = event.clientX + " " + event.clientY; }, true);
  board.addEventListener("pointerover", (event) => {
    const thing = of(event.target);
    if (thing && thing !== shown && event.clientX + " " + event.clientY !== dismissed) show(thing, event.clientX);
  });
  board.addEventListener("pointerout", (event) => {
    if (!of(event.relatedTarget) && event.relatedTarget !== tip && document.activeElement !== shown) hide();
  });
  tip.addEventListener("pointerleave", hide);
  board.addEventListener("focusin", (event) => { const thing = of(event.target); if (thing) show(thing); });
  board.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { dismissed = last; hide(); }
  });
  const inside = (lane) => [...lane.querySelectorAll(".ts-bar,.ts-mark")];
  const lanes = () => [...board.querySelectorAll(".lane")].filter((lane) => !lane.hidden && inside(lane).length);
  const start = (thing) => thing.querySelector(".hit").getBoundingClientRect().left;
  board.addEventListener("keydown", (event) => {
    const thing = of(event.target);
    if (!thing || event.altKey || event.ctrlKey || event.metaKey) return;
    const lane = thing.closest(".lane"), own = inside(lane), place = own.indexOf(thing);
    let next = null;
    if (event.key === "ArrowRight") next = own[place + 1];
    else if (event.key === "ArrowLeft") next = own[place - 1];
    else if (event.key === "Home") next = own[0];
    else if (event.key === "End") next = own[own.length - 1];
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = lanes(), other = all[all.indexOf(lane) + (event.key === "ArrowDown" ? 1 : -1)];
      const away = (item) => Math.abs(start(item) - start(thing));
      if (other) next = inside(other).reduce((best, item) => away(item) < away(best) ? item : best);
    } else return;
    event.preventDefault();
    if (next) next.focus();
  });
  const filter = document.getElementById("filter");
  if (filter) {
    filter.hidden = false;
    const text = filter.querySelector("[type=search]"), only = filter.querySelector("[type=checkbox]");
    const said = filter.querySelector("output"), all = [...board.querySelectorAll(".target")];
    const apply = () => {
      const wanted = text.value.toLowerCase();
      let count = 0;
      for (const lane of all) {
        const named = lane.dataset.name.toLowerCase().includes(wanted);
        lane.hidden = !named || (only.checked && !("blocks" in lane.dataset));
        count += lane.hidden ? 0 : 1;
      }
      said.textContent = count + " of " + all.length + " targets";
    };
    filter.addEventListener("input", apply);
    apply();
  }
  addEventListener("beforeprint", () => { for (const part of document.querySelectorAll("details")) part.open = true; });
})();
"""
