// A mail in a frame of its own, where no script runs, as high as the mail is.

export default function letterFrame({ parentElement, data }) {
  const frame = parentElement.querySelector("iframe")
  frame.title = data.title
  if (frame.srcdoc === data.html) return
  frame.onload = () => {
    const page = frame.contentDocument.documentElement
    const fit = () => (frame.style.height = `${page.offsetHeight}px`)
    // Pictures come later, and a phone is turned.
    new ResizeObserver(fit).observe(page)
    fit()
  }
  frame.srcdoc = data.html
}
