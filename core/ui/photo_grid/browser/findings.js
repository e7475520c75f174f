// What was noticed in a picture: advice beside it, never a verdict.

import { element } from "./element.js"

const MOST_TAGS = 2

/** The worst ones, and how many more there are. */
export function findingTags(findings) {
  if (!findings.length) return null
  const more = findings.slice(MOST_TAGS)
  const names = more.map(({ tag }) => tag).join(", ")
  return element(
    "ul",
    { className: "findings", ariaLabel: "Noticed" },
    ...findings.slice(0, MOST_TAGS).map((finding) => element("li", {}, tag(finding))),
    more.length > 0 &&
      element(
        "li",
        { className: "more", title: names },
        `+${more.length}`,
        element("span", { className: "unseen" }, ` more: ${names}`),
      ),
  )
}

/** Each with its sentence. */
export function findingList(findings) {
  if (!findings.length) return null
  return element(
    "ul",
    { className: "findings has-sentences", ariaLabel: "Noticed" },
    ...findings.map((finding) =>
      element("li", {}, tag(finding), element("p", {}, finding.sentence)),
    ),
  )
}

/** What is poor is filled and has a sign: colour alone is not for everybody. */
function tag({ level, tag: text, sentence }) {
  const sign = level === "poor" && element("b", { ariaHidden: "true" }, "!")
  return element(
    "span",
    { className: `finding is-${level}`, title: sentence },
    sign,
    element("span", { className: "unseen" }, level === "poor" ? "Poor: " : "Look: "),
    text,
  )
}
