// Whether the server can be reached: Streamlit says so on its app element, the browser by itself.

import { sendFirst } from "./outbox.js"

const STATE = "data-test-connection-state"

export function watchConnection(desk) {
  const app = document.querySelector(`[${STATE}]`)
  const look = () => {
    const state = app?.getAttribute(STATE) ?? "CONNECTED"
    const isCut = !navigator.onLine || state !== "CONNECTED"
    if (isCut === desk.outbox.isCut) return
    desk.outbox.isCut = isCut
    // Whether what was on its way has arrived, nobody knows: the same again does no harm.
    sendFirst(desk.outbox)
    desk.changed()
  }
  const observer = new MutationObserver(look)
  if (app) observer.observe(app, { attributeFilter: [STATE] })
  window.addEventListener("online", look)
  window.addEventListener("offline", look)
  look()
  return () => {
    observer.disconnect()
    window.removeEventListener("online", look)
    window.removeEventListener("offline", look)
  }
}
