// From "these photos" to a verdict: the question that each asks first.

import { openConfirmation } from "./confirm_dialog.js"
import { decide } from "./desk.js"
import { openRejection } from "./reject_dialog.js"
import { photoCount } from "./words.js"

export function approve(desk, photos) {
  openConfirmation(desk, photos, {
    verb: "Approve",
    className: "approve",
    title: `Approve ${photoCount(photos.length)}?`,
    then: () => decide(desk, "approved", photos),
  })
}

export function setAside(desk, photos) {
  openConfirmation(desk, photos, {
    verb: "Set aside",
    className: "set-aside",
    title: `Set aside ${photoCount(photos.length)}?`,
    explanation: "For spares and duplicates: not printed, nobody is mailed.",
    then: () => decide(desk, "set_aside", photos),
  })
}

export function reject(desk, photos) {
  openRejection(desk, photos)
}
