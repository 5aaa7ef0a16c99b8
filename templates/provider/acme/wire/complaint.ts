import { isRaw, parseReply } from './read.ts'

/** What Acme says when it does not do as asked. */
export type Complaint = { readonly code: string; readonly text: string }

export function readComplaint(root: unknown): Complaint | undefined {
  const error = isRaw(root) && isRaw(root.error) ? root.error : undefined
  return error && { code: String(error.code), text: String(error.text) }
}

export function decodeComplaint(bytes: Uint8Array): Complaint | undefined {
  try {
    return readComplaint(parseReply(bytes))
  } catch {
    return undefined
  }
}

export function encodeComplaint(code: string, text: string): unknown {
  return { error: { code, text } }
}
