// Pure: categories that rules and settings name and that have no host.

import { UNCATEGORIZED } from '../../gateway/inspect/policy/categories.js'
import { compileWildcard } from '../../gateway/inspect/policy/wildcard.js'
import { compileInspection, type InspectionValues } from '../../gateway/inspect/settings/inspection.js'

/** A line for each category that is named and no host is in: most likely mistyped. */
export function emptyCategories(values: InspectionValues): readonly string[] {
  const { categories } = compileInspection(values)
  const known = [...categories.names, UNCATEGORIZED].map((name) => name.toLowerCase())
  const named = [
    ...values['inspect.json'].doNotDecrypt.categories.map((name) => ({ at: 'inspect.json $.doNotDecrypt', name })),
    ...values['policy.json'].rules.flatMap(({ categories = [] }, index) =>
      categories.map((name) => ({ at: `policy.json $.rules[${index}]`, name })),
    ),
  ]
  return named
    .filter(({ name }) => !known.some(compileWildcard(name.toLowerCase())))
    .map(({ at, name }) => `${at}: no host is in the category "${name}"`)
}
