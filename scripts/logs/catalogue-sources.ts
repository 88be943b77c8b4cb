/** The public sources of the log's messages, by the tags the catalogue has them under. */

/** What a tag stands for, in the words of the README. */
export const CATALOGUE_SOURCES = {
  COM: 'the Netskope community\'s "Decoding Netskope Client POP selection"',
  TAB: '`tabernarious/netskope-client-log-review`',
  DW: "`netskope-techdocs/doc-wp`, the vendor's documentation",
  AS4: '`Aks2812/AS4PUR-`',
  LCL: '`lcleveland/netskope-client`',
  MIC: '`micahhlc/info-bin`',
  SKL: 'public macOS troubleshooting notes',
  DUD: '`duduke/netskope-client-log-parser`',
  POP: '`pop_delay.sh`',
  ANA: '`analisador_logs`',
} as const

/** A tag. */
export type CatalogueSource = keyof typeof CATALOGUE_SOURCES

/** The source a message was first taken from; undefined where it is of our own invention. */
export function firstSource(source: string): CatalogueSource | undefined {
  if (source.startsWith('founding document')) return 'COM'
  const tag = /^[A-Z][A-Z0-9]+/.exec(source)?.[0] ?? ''
  return Object.hasOwn(CATALOGUE_SOURCES, tag) ? (tag as CatalogueSource) : undefined
}
