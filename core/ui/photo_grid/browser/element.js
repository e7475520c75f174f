// Elements made of properties and text: what a customer wrote can never become markup.

/** Names the element knows become properties, others (`aria-label`) attributes; `undefined` is left out. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue
    if (name in node) node[name] = value
    else node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child))
  return node
}

/** A button whose name is exactly `name`: what else stands on it is for the eye, and so is the
 * `short` that takes its place where there is little. */
export function verbButton(name, { key, short, ...properties }, ...more) {
  const decoration = [...more, key && element("kbd", {}, key)].filter(Boolean)
  for (const node of decoration) node.ariaHidden = "true"
  return element(
    "button",
    { type: "button", ariaLabel: short && name, ...properties },
    element("span", { className: short ? "full" : "" }, name),
    short && element("span", { className: "short" }, short),
    ...decoration,
  )
}

/** Unlike `disabled`, it leaves the button in reach of those who want to know why. */
export function setDisabled(button, isDisabled) {
  button.ariaDisabled = String(isDisabled)
}

export function isDisabled(button) {
  return button.ariaDisabled === "true"
}
