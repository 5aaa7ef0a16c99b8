import type { Fault } from '../../../core/fault.ts'
import { type Complaint, faultOf } from '../faults.ts'
import { isObject, type JsonObject, listOf, objectOf, textOf } from './read.ts'

/** `{"errors":[…],"meta":{"status","request_id"}}`, whatever the call was. */

export function isErrorBody(root: unknown): root is JsonObject {
  return isObject(root) && Array.isArray(root.errors) && root.errors.length > 0
}

const errorsMax = 50

export function readComplaints(root: JsonObject): readonly Complaint[] {
  return listOf(root.errors)
    .slice(0, errorsMax)
    .map(item => {
      const raw = objectOf(item)
      return {
        type: textOf(raw.type),
        code: textOf(raw.code),
        title: textOf(raw.title),
        message: textOf(raw.message),
        pointer: textOf(objectOf(raw.source).pointer),
      }
    })
}

export function decodeErrors(root: JsonObject, retryAfterMs: number | null = null): readonly Fault[] {
  return readComplaints(root).map(complaint => faultOf(complaint, retryAfterMs))
}

export type WireError = {
  readonly type: string
  readonly code: string
  readonly title: string
  readonly message: string
  readonly source?: { readonly pointer: string; readonly field: string } | undefined
}

export function encodeErrors(errors: readonly WireError[], meta: { status: number; requestId: string }): JsonObject {
  return {
    meta: { status: meta.status, request_id: meta.requestId },
    errors: errors.map(({ type, title, source, message, code }) => ({
      type,
      title,
      ...(source === undefined ? {} : { source }),
      message,
      documentation_url: 'https://duffel.com/docs/api/overview/errors',
      code,
    })),
  }
}
