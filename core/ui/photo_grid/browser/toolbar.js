// The bar above the tiles: choosing on the left, verdicts on the right.

import { openPhotos, selectedPhotos } from "./desk.js"
import { element, isDisabled, setDisabled } from "./element.js"
import { openKeys } from "./keys_dialog.js"
import { clearSelection, selectAll } from "./selection.js"
import { verdictButtons } from "./verdicts.js"

export function createToolbar(desk) {
  const button = (text, onclick, className) => {
    const node = element("button", { type: "button", className }, text)
    node.onclick = () => isDisabled(node) || onclick(desk)
    return node
  }
  const all = button("Select all", selectAll)
  const clear = button("Clear", clearSelection, "quiet")
  const keys = button("Keys", openKeys, "quiet keys-button")
  const count = element("span", { className: "count", id: "selected-count", role: "status" })
  const verdicts = verdictButtons(desk, () => selectedPhotos(desk), count.id)
  const choosing = element("div", { className: "choosing" }, all, clear, count, keys)
  const notices = element("div", { className: "notices" })
  const judging = element("div", { className: "verdicts" }, ...verdicts)
  const node = element("div", { className: "toolbar" }, choosing, notices, judging)
  return { node, choosing, notices, judging, all, clear, count, verdicts }
}

export function drawToolbar(desk, { choosing, judging, all, clear, count, verdicts }) {
  const selected = selectedPhotos(desk).length
  const open = openPhotos(desk).length
  choosing.hidden = judging.hidden = open === 0
  count.textContent = `${selected} selected`
  setDisabled(all, selected === open)
  setDisabled(clear, selected === 0)
  for (const button of verdicts) {
    setDisabled(button, selected === 0)
    button.querySelector(".number").textContent = selected || ""
  }
}
