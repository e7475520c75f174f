// The bar above the tiles: choosing on the left, verdicts on the right.

import { densityButton, drawDensity } from "./density.js"
import { openPhotos, selectedPhotos } from "./desk.js"
import { element, isDisabled, setDisabled, verbButton } from "./element.js"
import { openKeys } from "./keys_dialog.js"
import { clearSelection, selectAll } from "./selection.js"
import { drawVerbButtons, verbButtons } from "./verbs.js"

export function createToolbar(desk) {
  const button = (name, key, onclick, { className = "", short } = {}) => {
    const node = verbButton(name, { key, short, className })
    node.onclick = () => isDisabled(node) || onclick(desk)
    return node
  }
  const isMac = /Mac|iP(hone|ad)/.test(navigator.platform)
  const all = button("Select all", isMac ? "⌘A" : "Ctrl A", selectAll, { short: "All" })
  const clear = button("Clear", "Esc", clearSelection, { className: "quiet" })
  const keys = button("Keys", "?", openKeys, { className: "quiet keys-button" })
  const density = densityButton(desk)
  const count = element("span", { className: "count", id: "selected-count", role: "status" })
  const selected = () => selectedPhotos(desk)
  const asides = verbButtons(desk, desk.verbs.asides.filter(isInToolbar), selected)
  const verdicts = verbButtons(desk, desk.verbs.verdicts, selected, count.id)
  const choosing = element("div", { className: "choosing" }, all, clear, count, density.node, keys)
  const judging = element("div", { className: "verdicts" }, ...asides, ...verdicts)
  const node = element("div", { className: "toolbar" }, choosing, judging)
  return { node, choosing, judging, all, clear, count, density, asides, verdicts }
}

export function drawToolbar(desk, toolbar) {
  const { choosing, judging, all, clear, count, density, asides, verdicts } = toolbar
  const selected = selectedPhotos(desk).length
  const open = openPhotos(desk).length
  choosing.hidden = judging.hidden = open === 0
  drawDensity(desk, density)
  count.textContent = `${selected} selected`
  setDisabled(all, selected === open)
  setDisabled(clear, selected === 0)
  drawVerbButtons(asides, desk.verbs.asides.filter(isInToolbar), selected)
  drawVerbButtons(verdicts, desk.verbs.verdicts, selected)
}

function isInToolbar({ isRare }) {
  return !isRare
}
