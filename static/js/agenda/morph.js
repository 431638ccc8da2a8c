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

// What has the focus within `node`, found again in what comes: by its id, its address, or its item.
const likeFocused = (node) => {
  const focused = document.activeElement;
  if (!node.contains(focused)) return () => null;
  const item = focused.closest("[data-id]")?.dataset.id;
  const ways = [];
  if (focused.id) ways.push(`#${CSS.escape(focused.id)}`);
  if (focused.hasAttribute("href")) ways.push(`a[href="${CSS.escape(focused.getAttribute("href"))}"]`);
  if (item) ways.push(...["a", "button"].map((name) => `[data-id="${CSS.escape(item)}"] ${name}`));
  return (block) => ways.map((way) => block.querySelector(way)).find((found) => found) ?? null;
};

// Swap at once, whatever the pointer and the focus do; the focus goes on in its place.
export const swap = (here, fresh) => {
  const focusIn = likeFocused(here);
  here.replaceWith(fresh);
  (fresh.matches("[data-id]") ? focusIn(fresh.parentNode) : focusIn(fresh))?.focus({ preventScroll: true });
};

// The items of `list` become those of `wanted`, matched by data-id; `forced` are the ids of those that the reader acted upon.
// A place on the grid comes from classes, so the order of the items moves nothing: what is touched is never moved in the tree.
export function morphItems(list, wanted, forced = []) {
  const old = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const kept = new Set([...wanted.children].map((item) => item.dataset.id));
  for (const [id, item] of old) {
    if (!kept.has(id)) { if (forced.includes(id)) item.remove(); else whenLeft(item, () => item.remove()); }
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
    if (forced.includes(item.dataset.id)) swap(here, fresh); else whenLeft(here, () => here.replaceWith(fresh));
  }
}

const takeAttributes = (node, wanted) => { for (const { name, value } of wanted.attributes) node.setAttribute(name, value); };

// The inside of a block becomes that of `wanted`, at once when `forced`, else when it is left alone.
export function morphBlock(node, wanted, forced = false) {
  if (node.isEqualNode(wanted)) { waiting.delete(node); return; }
  const change = () => {
    const top = node.scrollTop;
    const focusIn = likeFocused(node);
    node.replaceChildren(...document.importNode(wanted, true).childNodes);
    takeAttributes(node, wanted);
    node.scrollTop = top;
    focusIn(node)?.focus({ preventScroll: true });
  };
  if (forced) change(); else whenLeft(node, change);
}

// The same for a block of sections with a heading each: a pointer that rests on one keeps no news from the others.
export function morphSections(node, wanted, forced = false) {
  const those = (block) => [...block.querySelectorAll(":scope > section")];
  const names = (block) => those(block).map((section) => section.getAttribute("aria-labelledby")).join(" ");
  if (names(node) !== names(wanted)) { morphBlock(node, wanted, forced); return; }
  waiting.delete(node);
  takeAttributes(node, wanted);
  const fresh = those(wanted);
  those(node).forEach((section, index) => morphBlock(section, fresh[index], forced));
}
