// What is read again is morphed into what is there. A slot that has filled itself keeps what it holds, and whoever types in
// it her place: the answer that surrounds it only says where it stands.
import { Idiomorph } from "idiomorph";
import { triggersOf } from "./fresh";

function isFilled(slot: Element): boolean {
  if (slot.classList.contains("htmx-request")) return true; // it is being filled
  return slot.childElementCount > 0 && !slot.querySelector(":scope > .skeleton-block");
}

/** Return whether both are the same slot, of the same address. */
function isSameSlot(there: Element, fresh: Node): boolean {
  if (!(fresh instanceof Element) || !triggersOf(there).includes("load")) return false;
  return there.id === fresh.id && there.getAttribute("hx-get") === fresh.getAttribute("hx-get");
}

const callbacks = { beforeNodeMorphed: (there: Element, fresh: Node): boolean => !(there instanceof Element && isSameSlot(there, fresh) && isFilled(there)) };
const STYLES: Record<string, "outerHTML" | "innerHTML"> = { morph: "outerHTML", "morph:outerHTML": "outerHTML", "morph:innerHTML": "innerHTML" };

htmx.defineExtension("morph", {
  isInlineSwap: (style) => STYLES[style] === "outerHTML",
  handleSwap: (style, target, fragment) => {
    const morphStyle = STYLES[style];
    return morphStyle ? Idiomorph.morph(target, fragment.children, { morphStyle, callbacks }) : false;
  },
});
