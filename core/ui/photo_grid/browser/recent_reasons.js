// Combinations of reasons that this person gave lately: what comes together once comes again.

import { element } from "./element.js"
import { keep, recall } from "./storage.js"

const COMBINATIONS_NAME = "recent_reasons"
/** One for each combination; the digits are those of the reasons, and R has opened the dialog. */
const COMBINATION_KEYS = ["q", "w", "e", "t", "y"]

/** The newest first, each with its reasons in their order: the first is the folder. */
function recentCombinations(desk) {
  return recall(desk.data.person, COMBINATIONS_NAME) ?? []
}

/** A reason alone has its digit already. */
export function rememberCombination(desk, reasons) {
  if (reasons.length < 2) return
  const others = recentCombinations(desk).filter((each) => String(each) !== String(reasons))
  keep(desk.data.person, COMBINATIONS_NAME, [reasons, ...others].slice(0, COMBINATION_KEYS.length))
}

/** null when there are none; one with a reason that is not offered here is left out. */
export function combinationButtons(desk, boxes, choose) {
  const labels = new Map(boxes.map(({ reason }) => [reason.id, reason.label]))
  const known = recentCombinations(desk).filter((each) => each.every((id) => labels.has(id)))
  if (!known.length) return null
  return element(
    "div",
    { className: "combinations", role: "group", ariaLabel: "Chosen lately" },
    ...known.map((reasons, at) => {
      const name = reasons.map((id) => labels.get(id)).join(" + ")
      const button = element(
        "button",
        { type: "button", ariaLabel: name, "data-key": COMBINATION_KEYS[at] },
        element("span", {}, name),
        element("kbd", { ariaHidden: "true" }, COMBINATION_KEYS[at].toUpperCase()),
      )
      button.onclick = () => choose(reasons)
      return button
    }),
  )
}
