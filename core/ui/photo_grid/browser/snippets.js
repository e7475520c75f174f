// Sentences for the comment, one click or key each; what was typed stays as it is.

import { element } from "./element.js"

/** Only those that are not in the comment yet; the key is the first one's. */
export function snippetButtons(chosen, comment, insert) {
  return chosen
    .flatMap((reason) => reason.snippets)
    .filter((text) => !comment.value.includes(text) && fits(comment, text))
    .map((text, at) => {
      const key = at === 0 && element("kbd", { ariaHidden: "true" }, "I")
      const button = element(
        "button",
        { type: "button", className: "snippet", ariaLabel: `Insert: ${text}` },
        element("span", {}, text),
        key,
      )
      button.onclick = () => insert(text)
      return button
    })
}

/** Where the reviewer was typing, with a space to what stands beside it. */
export function insertSnippet(comment, text) {
  const { value, selectionEnd: at } = comment
  const before = at > 0 && !/\s$/.test(value.slice(0, at)) ? " " : ""
  const after = at < value.length && !/^\s/.test(value.slice(at)) ? " " : ""
  comment.setRangeText(before + text + after, at, at, "end")
}

/** Text set by a script may exceed `maxLength`. */
function fits({ value, maxLength }, text) {
  return value.length + text.length + 2 <= maxLength
}
