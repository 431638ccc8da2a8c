// Bringing new HTML into the page without moving what is under the pointer or the focus: that waits until they leave.
const waiting = new Map(); // element -> what to do when it is left alone

const touched = (node) => node.matches(":hover") || node.contains(document.activeElement);

const settle = () => {
  for (const [node, change] of waiting) {
    if (!node.isConnected) waiting.delete(node);
    else if (!touched(node)) { waiting.delete(node); change(); }
  }
};
addEventListener("pointerover", () => setTimeout(settle, 60));
addEventListener("focusin", () => setTimeout(settle, 60));
addEventListener("focusout", () => setTimeout(settle, 60));
document.documentElement.addEventListener("pointerleave", () => setTimeout(settle, 60));

// Do it now, or when neither pointer nor focus is in `node`.
export const whenLeft = (node, change) => {
  if (touched(node)) waiting.set(node, change);
  else { waiting.delete(node); change(); }
};

// Swap an item that the reader has just acted upon: at once, and the focus stays on it.
const swap = (here, fresh) => {
  const focused = here.contains(document.activeElement);
  here.replaceWith(fresh);
  if (focused) fresh.querySelector("a, button")?.focus({ preventScroll: true });
};

// The items of `list` become those of `wanted`, matched by data-id; `forced` is the id of the one that the reader acted upon.
// A place on the grid comes from classes, so the order of the items moves nothing: what is touched is never moved in the tree.
export function morphItems(list, wanted, forced = "") {
  const old = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const kept = new Set([...wanted.children].map((item) => item.dataset.id));
  for (const [id, item] of old) {
    if (!kept.has(id)) { if (id === forced) item.remove(); else whenLeft(item, () => item.remove()); }
  }
  let place = list.firstElementChild;
  const skip = () => { while (place && !kept.has(place.dataset.id)) place = place.nextElementSibling; };
  for (const item of [...wanted.children]) {
    skip();
    const here = old.get(item.dataset.id);
    if (!here) { list.insertBefore(document.importNode(item, true), place); continue; }
    if (here === place) place = place.nextElementSibling;
    else if (!touched(here)) list.insertBefore(here, place);
    if (here.isEqualNode(item)) { waiting.delete(here); continue; }
    const fresh = document.importNode(item, true);
    if (item.dataset.id === forced) swap(here, fresh); else whenLeft(here, () => here.replaceWith(fresh));
  }
}

// The inside of a block becomes that of `wanted`, at once when `forced`, else when it is left alone.
export function morphBlock(node, wanted, forced = false) {
  if (node.isEqualNode(wanted)) { waiting.delete(node); return; }
  const change = () => {
    const top = node.scrollTop;
    node.replaceChildren(...document.importNode(wanted, true).childNodes);
    for (const { name, value } of wanted.attributes) node.setAttribute(name, value);
    node.scrollTop = top;
  };
  if (forced) change(); else whenLeft(node, change);
}
