import type { Fault } from '../../../core/fault.ts'
import type { WireWarning } from '../../../core/offer.ts'
import { type Complaint, faultOf } from '../faults.ts'
import { idOf, listOf, type Raw, rawOf, textOf } from './read.ts'

/** `{"errors":[Issue]}` of every API, and the token API's own `{"error", "error_description", "code", "title"}`. */

export function isErrorBody(raw: Raw): boolean {
  return Array.isArray(raw.errors) || (typeof raw.error === 'string' && ('code' in raw || 'error_description' in raw))
}

export function readComplaints(raw: Raw): readonly Complaint[] {
  if (!Array.isArray(raw.errors)) {
    const title = textOf(raw.title) ?? textOf(raw.error)
    return [{ status: null, code: idOf(raw.code), title, detail: textOf(raw.error_description), source: null }]
  }
  return raw.errors
    .map(rawOf)
    .filter(issue => issue !== null)
    .map(complaintOf)
}

function complaintOf(issue: Raw): Complaint {
  const status = Number(idOf(issue.status) ?? Number.NaN)
  return {
    status: Number.isInteger(status) ? status : null,
    code: idOf(issue.code),
    title: textOf(issue.title),
    detail: textOf(issue.detail),
    source: sourceOf(issue.source),
  }
}

function sourceOf(value: unknown): string | null {
  const raw = rawOf(value)
  return textOf(raw?.pointer) ?? textOf(raw?.parameter)
}

export function decodeErrors(raw: Raw): readonly Fault[] {
  return readComplaints(raw).map(faultOf)
}

/** `warnings` beside the data: Issues too. */
export function decodeWarnings(value: unknown): readonly WireWarning[] {
  return listOf(value)
    .slice(0, 100)
    .map(rawOf)
    .filter(issue => issue !== null)
    .map(complaintOf)
    .map(({ code, title, detail, source }) => ({
      code: code ?? 'warning',
      at: source ?? '/warnings',
      text: [title, detail].filter(Boolean).join(': '),
    }))
}

export type Issue = {
  readonly status: number
  readonly code: number
  readonly title: string
  readonly detail?: string
  readonly source?: { readonly pointer: string } | { readonly parameter: string; readonly example?: string }
}

export function encodeErrors(issues: readonly Issue[]): Raw {
  return {
    errors: issues.map(({ status, code, title, detail, source }) => ({ status, code, title, detail, source })),
  }
}
