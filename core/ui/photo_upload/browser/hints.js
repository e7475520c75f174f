// What would be better, as two small pictures for each reason: one as it is, and one as hoped for.

import { element } from "./element.js"

const WIDTH = 72
const HEIGHT = 54

/** Nothing for reasons that no picture explains. */
export function hint(code) {
  const [before, after] = HINTS[code] ?? []
  if (!before) return null
  const node = element("div", { className: "sketch", ariaHidden: "true" })
  // Of our own constants alone.
  node.innerHTML = `
    <svg viewBox="0 0 ${2 * WIDTH + 28} ${HEIGHT}">
      <g>${sketched(before)}</g>
      <path class="arrow" d="M79 27h12m-5-5 5 5-5 5"/>
      <g transform="translate(${WIDTH + 28})" class="better">${sketched(after ?? PORTRAIT)}
        <circle cx="63" cy="9" r="8"/><path class="tick" d="m59 9 3 3 5-6"/></g>
    </svg>`
  return node
}

function sketched(inside) {
  return `<svg width="${WIDTH}" height="${HEIGHT}" class="print">
    <rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="6"/>${inside}
    <rect class="edge" x=".75" y=".75" width="${WIDTH - 1.5}" height="${HEIGHT - 1.5}" rx="5.5"/></svg>`
}

/** Somebody, from the front: their head's centre is where they stand. */
function somebody(x, y, size, look = "", more = "") {
  return `<g class="who" transform="translate(${x} ${y}) scale(${size})"><g class="${look}">
    <path d="M-21 38C-21 21-12 14 0 14s21 7 21 24z"/><circle r="12"/>
    <g class="face"><circle cx="-4" cy="-1" r="1.4"/><circle cx="4" cy="-1" r="1.4"/>
    <path d="M-4 4q4 3.5 8 0"/></g>${more}</g></g>`
}

const PORTRAIT = somebody(36, 24, 1)
const SUN = '<circle class="sun" cx="13" cy="12" r="6"/>'
const GRAIN = Array.from({ length: 60 }, (_, n) => {
  const [x, y] = [(n * 37) % 71, (n * 23) % 53]
  return `<rect class="${n % 2 ? "dot" : "hole"}" x="${x}" y="${y}" width="2" height="2"/>`
}).join("")
const LETTERS = '<path class="over" d="M12 40h34m6 0h8M12 47h22"/>'

/** By the codes of the catalogue; a second one only where a portrait would not say it. */
const HINTS = {
  low_res: [`<rect class="small" x="24" y="18" width="24" height="18" rx="2"/>${somebody(36, 26, 0.33)}`],
  blurry: [somebody(36, 24, 1, "soft")],
  dark: [`<rect class="night" width="72" height="54" rx="6"/>${somebody(36, 24, 1, "dim")}`, SUN + PORTRAIT],
  bright: [`<rect class="glare" width="72" height="54" rx="6"/>${PORTRAIT}`],
  shadow: [somebody(36, 24, 1, "", '<path class="shade" d="M0-12a12 12 0 0 1 0 24z"/>'), SUN + PORTRAIT],
  too_far: [somebody(36, 38, 0.3)],
  cut_off: [somebody(58, 8, 1)],
  angle: [somebody(36, 24, 1, "away", '<path d="m10-4 7 6-6 3z"/>')],
  obstructed: [`${PORTRAIT}<rect class="lid" x="18" y="14" width="36" height="12" rx="3"/>`],
  text_overlay: [PORTRAIT + LETTERS],
  screenshot: [
    `<rect class="phone" x="21" y="3" width="30" height="48" rx="4"/>
    <path class="over thin" d="M25 9h22M25 45h22"/>${somebody(36, 23, 0.5)}`,
  ],
  filter: [`${PORTRAIT}<path class="lid" d="m18 4 3 7 7 .5-5.500 4.500 2 7-6.500-4-6.500 4 2-7L8 11.500l7-.5z"/>`],
  grainy: [PORTRAIT + GRAIN],
  contrast: [`<rect class="fog" width="72" height="54" rx="6"/>${PORTRAIT}`],
  aspect: [`${somebody(56, 24, 0.9)}<path class="cut" d="M16 0v54M56 0v54"/>`,
    `${somebody(36, 24, 0.9)}<path class="cut" d="M16 0v54M56 0v54"/>`],
  orientation: [`<g transform="rotate(180 36 27)">${PORTRAIT}</g>`],
}
