// Pure: English names of countries, as an administrator's page shows them, to ISO 3166 codes.

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

let codes: ReadonlyMap<string, string> | undefined

/** The code of a country by its English name (Unicode's, case ignored) or its code; undefined when it is none. */
export function countryCode(name: string): string | undefined {
  codes ??= allCodes()
  return codes.get(name.trim().toLowerCase())
}

function allCodes(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const found = new Map<string, string>()
  for (const code of LETTERS.flatMap((first) => LETTERS.map((second) => first + second))) {
    // DD is known as well, as another word for DE.
    if (new Intl.Locale(`und-${code}`).region !== code) continue
    const name = names.of(code)
    if (name === undefined) continue
    found.set(name.toLowerCase(), code)
    found.set(code.toLowerCase(), code)
  }
  return found
}
