// Photos that a reviewer leaves for a manager, with a note.

import { act } from "./desk.js"
import { openNote } from "./note_dialog.js"
import { photoCount } from "./words.js"

export function openLeaving(desk, photos) {
  openNote(desk, photos, {
    title: `Leave ${photoCount(photos.length)} for a manager?`,
    label: "What should they know?",
    verb: "Leave",
    then: (note) => act(desk, "left", photos, { note }),
  })
}
