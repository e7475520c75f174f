// Elements made of properties and text: what somebody wrote can never become markup.

/** Names the element knows become properties, others attributes. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value
    else node.setAttribute(name, value)
  }
  node.append(...children)
  return node
}

export function button(text, className, onclick) {
  return element("button", { type: "button", className, onclick }, text)
}

/** Its place is kept while it loads; `ratio` is its width by its height. */
export function picture(src, alt, ratio) {
  const node = element("img", { loading: "lazy", src, alt })
  node.style.setProperty("--ratio", ratio)
  return node
}

export function quotation(who, text) {
  return element(
    "figure",
    {},
    element("figcaption", {}, who),
    element("blockquote", {}, text),
  )
}

/** By which an answer is told apart from all others. */
export function newRequest() {
  return crypto.getRandomValues(new Uint32Array(3)).join("-")
}

export function alarm(text) {
  return element("p", { role: "alert", className: "notice" }, text)
}

/** A heading that can be given the focus: a screen reader then reads on from there. */
export function landing(tag, text) {
  return element(tag, { tabIndex: -1 }, text)
}

/** Go on reading here; `block` as for `scrollIntoView`. */
export function land(node, block = "nearest") {
  node.focus({ preventScroll: true })
  node.scrollIntoView({ block })
}
