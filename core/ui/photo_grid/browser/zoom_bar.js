// Below the picture in full screen: how large it is shown, and the buttons for that.

import { element, verbButton } from "./element.js"
import { isFrameShown } from "./frame.js"
import { shareOfPixels } from "./pane.js"
import { fitStage, isExact, toggleExact, zoomBySteps } from "./stage.js"
import { inPercent, magnification } from "./zoom.js"

export function createZoomBar(stage, toggleCrop) {
  const button = (name, key, onclick) => verbButton(name, { key, onclick })
  const sign = (name, key, text, onclick) =>
    element("button", { type: "button", ariaLabel: name, title: name, className: "sign", onclick }, text)
  const bar = {
    percent: element("b", {}),
    remark: element("span"),
    fit: button("Fit", "0", () => fitStage(stage)),
    exact: button("100 %", "Z", () => toggleExact(stage)),
    crop: button("Frame", "F", toggleCrop),
  }
  bar.node = element(
    "div",
    { className: "zoom-bar", role: "group", ariaLabel: "Zoom" },
    element("span", { className: "percent" }, bar.percent, bar.remark),
    sign("Zoom out", "-", "−", () => zoomBySteps(stage, -1)),
    sign("Zoom in", "+", "+", () => zoomBySteps(stage, 1)),
    bar.fit,
    bar.exact,
    bar.crop,
  )
  return bar
}

export function drawZoomBar(desk, bar, stage, photo) {
  const lead = stage.panes.at(-1)
  if (!lead) return
  const times = magnification(lead, stage.zoom)
  bar.node.classList.toggle("is-idle", !photo.sha256)
  bar.percent.textContent = lead.image ? inPercent(times) : ""
  bar.remark.textContent = lead.image ? remarkOn(lead, times) : ""
  bar.fit.ariaPressed = String(stage.zoom.times === 1)
  bar.exact.ariaPressed = String(isExact(stage))
  bar.crop.hidden = !photo.frame
  bar.crop.ariaPressed = String(isFrameShown(desk, photo))
}

/** What is on the screen, where it has less than the original. */
function remarkOn(pane, times) {
  const share = shareOfPixels(pane)
  if (share === 1 || times <= share * 1.05) return ""
  if (!pane.isCopyHere) return "loading …"
  if (pane.original && !pane.isSharpened) return "loading the original …"
  return `from a copy with ${inPercent(share)} of its pixels`
}
