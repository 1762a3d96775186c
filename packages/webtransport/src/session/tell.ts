/**
 * Calls the application in the middle of our own work. What it throws is its own fault: it surfaces as an uncaught
 * exception, and neither other streams nor the credit of this one have to suffer for it.
 */
export function tell(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
