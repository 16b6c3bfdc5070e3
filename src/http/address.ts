// Where to listen, and what that asks for: an address that others can reach needs a token.
import { isIP } from 'node:net'
import { DefinitionError } from '../base/errors.ts'

export interface HttpAddress {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
}

/** A secret that can be guessed is none. */
const TOKEN_CHARACTERS_MIN = 16

/** @param text `8080`, `127.0.0.1:8080`, `[::1]:8080`. @throws DefinitionError ML_USAGE */
export function parseAddress(text: string): HttpAddress {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2] ?? NaN)
  if (match === null || port > 65_535) {
    throw new DefinitionError(
      `an address to listen on must be a port, or a host and a port, such as 8080 or 127.0.0.1:8080; found '${text}'`,
      { code: 'ML_USAGE' },
    )
  }
  return { host: (match.at(1) ?? '127.0.0.1').replaceAll(/[[\]]/g, ''), port }
}

/** Whether only this machine can reach it. A name other than localhost is looked up by whom we do not know: it counts as reachable. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

/** @throws DefinitionError ML_USAGE where an address is not safe without more. */
export function checkToken({ host }: HttpAddress, token: string | undefined): void {
  if (token !== undefined && token.length < TOKEN_CHARACTERS_MIN) {
    throw new DefinitionError(
      `a token must have at least ${TOKEN_CHARACTERS_MIN} characters; found a shorter one: make one with openssl rand -hex 32`,
      { code: 'ML_USAGE' },
    )
  }
  if (token === undefined && !isLoopback(host)) {
    throw new DefinitionError(
      `an address that others can reach must have a token; found ${host} without one: set MILLRACE_TOKEN (openssl rand -hex 32), or listen on 127.0.0.1`,
      { code: 'ML_USAGE' },
    )
  }
}

/** For people, and as the base of a URL. */
export function urlOf({ host, port }: HttpAddress): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
