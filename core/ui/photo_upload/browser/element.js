// Elements made of properties and text: what somebody wrote can never become markup.

/** Names the element knows become properties, others (`aria-label`) attributes. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value
    else node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child))
  return node
}

export function button(text, className, onclick) {
  return element("button", { type: "button", className, onclick }, text)
}

/** A heading that can be given the focus: a screen reader then reads on from there. */
export function landing(tag, text) {
  return element(tag, { tabIndex: -1 }, text)
}
