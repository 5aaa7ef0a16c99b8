import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import { asyncApiDocument } from '../messaging/asyncapi.ts'
import { reply } from './reply.ts'
import type { Route } from './route.ts'

/** `/openapi.json` and the page that shows it, without anything from outside. */
export function openApiRoutes(routes: readonly Route[], version: string): readonly Route[] {
  const document = lazy(() => JSON.stringify(openApiDocument(routes, version)))
  const json: Route = {
    method: 'get',
    path: '/openapi.json',
    open: true,
    handle: ({ context }) => reply(context, 200, document()),
  }
  const messages = lazy(() => JSON.stringify(asyncApiDocument(version)))
  const asyncApi: Route = {
    method: 'get',
    path: '/asyncapi.json',
    open: true,
    handle: ({ context }) => reply(context, 200, messages()),
  }
  const html = page('/docs', pageHtml, 'text/html; charset=utf-8')
  /** Whoever opens the bare address in a browser. */
  const front: Route = {
    method: 'get',
    path: '/',
    open: true,
    handle: ({ context }) => reply(context, 302, '', { location: '/docs' }),
  }
  return [front, json, asyncApi, html, page('/docs/icon.svg', iconSvg, 'image/svg+xml'), ...assets.map(assetRoute)]
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

export function openApiDocument(routes: readonly Route[], version: string): object {
  const generator = new OpenAPIHono()
  const { openAPIRegistry } = generator
  openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key of a tenant. With no keys configured none is asked for.',
  })
  for (const { method, path, docs, open } of routes) {
    if (!docs) continue
    openAPIRegistry.registerPath({
      method,
      path,
      operationId: operationId(method, path),
      ...docs,
      ...(open ? { security: [] } : {}),
    })
  }
  const document = generator.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Fareloom',
      version,
      description:
        'Many suppliers in one search; one booking that is never lost. Errors are application/problem+json (RFC 9457).',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, {}],
    tags: [
      { name: 'Search', description: 'Search, page, confirm a price' },
      { name: 'Booking', description: 'Book, pay, cancel' },
      { name: 'Messages', description: 'Be told of bookings' },
      { name: 'Market', description: 'What was shopped, remembered' },
      { name: 'Reference', description: 'Places and airlines' },
      { name: 'Operation', description: 'Suppliers, sandbox, health' },
    ],
  })
  return {
    ...document,
    paths: mapEach(document.paths ?? {}, path => mapEach(path as Record<string, unknown>, withoutPrefills)),
  }
}

type Parameter = {
  readonly required?: boolean
  readonly description?: string
  readonly schema?: { readonly example?: unknown }
}

/** The page fills examples in as values and sends them: `Prefer: respond-async`, or a departure after 06:00 and before it.
 *  Those of optional parameters are told in words. */
function withoutPrefills<T>(operation: T): T {
  const { parameters } = operation as { readonly parameters?: readonly Parameter[] }
  return parameters ? { ...operation, parameters: parameters.map(withoutPrefill) } : operation
}

function withoutPrefill(parameter: Parameter): Parameter {
  const { required, description, schema } = parameter
  if (required || schema?.example === undefined) return parameter
  const { example, ...rest } = schema
  const words = description ?? `Such as \`${example}\`.`
  return { ...parameter, description: words, schema: rest }
}

const mapEach = <T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

/** `post /v1/offers/{id}/price` -> postOffersIdPrice: what a generated client calls its method. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/v1/, '')
    .split(/[^A-Za-z]+/)
    .filter(Boolean)
  return method + words.map(word => word[0]!.toUpperCase() + word.slice(1)).join('')
}

const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fareloom API</title>
<link rel="icon" href="/docs/icon.svg">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const startScript = `window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, tryItOutEnabled: true, validatorUrl: null })
`

const iconSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 4h14M1 8h14M1 12h14" stroke="#3b4151" stroke-width="2"/><path d="M4 1v14M12 1v14" stroke="#49cc90" stroke-width="2"/></svg>
`

const assets = [
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['start.js', 'text/javascript; charset=utf-8'],
] as const

function assetRoute([name, type]: (typeof assets)[number]): Route {
  if (name === 'start.js') return page(`/docs/${name}`, startScript, type)
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const body = lazy(() => new Uint8Array(readFileSync(join(folder, name))))
  return {
    method: 'get',
    path: `/docs/${name}`,
    open: true,
    handle: ({ context }) =>
      reply(context, 200, body(), {
        'content-type': type,
        'cache-control': 'public, max-age=3600',
      }),
  }
}

function page(path: string, body: string, type: string): Route {
  const policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"
  return {
    method: 'get',
    path,
    open: true,
    handle: ({ context }) => reply(context, 200, body, { 'content-type': type, 'content-security-policy': policy }),
  }
}
