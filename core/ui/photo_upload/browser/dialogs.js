// The two answers that ask once more before they are given.

import { button, element } from "./element.js"

export function keepDialog(texts, consent, onKept) {
  const [meaning, noticed, ...reasons] = consent.split("\n")
  return modal(
    texts.keep_question,
    [
      element("p", {}, meaning),
      element("p", {}, noticed),
      element("ul", {}, ...reasons.map((reason) => element("li", {}, reason))),
    ],
    { confirm: texts.keep, back: texts.go_back },
    onKept,
  )
}

export function writeDialog(texts, longest, onWritten) {
  const message = element("textarea", { rows: 5, maxLength: longest, autofocus: true })
  return modal(
    texts.write,
    [element("label", {}, texts.message, message)],
    { confirm: texts.send_message, back: texts.go_back },
    () => onWritten(message.value),
  )
}

function modal(title, content, verbs, onConfirmed) {
  const dialog = element("dialog", { ariaLabel: title }, element("h2", {}, title), ...content)
  const confirmed = () => {
    dialog.close()
    onConfirmed()
  }
  dialog.append(
    element(
      "div",
      { className: "choices" },
      button(verbs.confirm, "main", confirmed),
      button(verbs.back, "quiet", () => dialog.close()),
    ),
  )
  return dialog
}
