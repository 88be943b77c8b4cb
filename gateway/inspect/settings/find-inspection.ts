/** The administrator's files about inspection as they stand, for whoever must know before a gateway takes them. */

import { userMistake } from '../../../agent/errors.js'
import {
  checkInspection,
  compileInspection,
  DEFAULT_INSPECTION,
  INSPECTION_FILES,
  type Inspection,
  type InspectionFile,
  type InspectionValues,
} from './inspection.js'
import { readInspection } from './read-inspection.js'

/** What is found of one file. */
export interface FoundFile {
  readonly file: InspectionFile
  /** `missing`: what holds without it holds. */
  readonly state: 'good' | 'missing' | 'bad'
  /** What is wrong in it, a line each. */
  readonly problems: readonly string[]
}

/** The files of a directory; of bad ones `values` has what holds without them. */
export interface FoundInspection {
  readonly files: readonly FoundFile[]
  readonly values: InspectionValues
}

/** Reads and checks the files of a directory. */
export function findInspection(directory: string): FoundInspection {
  const files: FoundFile[] = []
  const values: Partial<InspectionValues>[] = []
  for (const file of INSPECTION_FILES) {
    const found = readInspection(directory, file)
    const checked = checkInspection(file, found)
    if ('problems' in checked) files.push({ file, state: 'bad', problems: checked.problems })
    else {
      files.push({ file, state: 'text' in found ? 'good' : 'missing', problems: [] })
      values.push({ [file]: checked.value })
    }
  }
  return { files, values: Object.assign({}, DEFAULT_INSPECTION, ...values) }
}

/** What the files of a directory say together. Throws a user's mistake `policy-invalid` that names every problem. */
export function loadInspection(directory: string): Inspection {
  const { files, values } = findInspection(directory)
  const problems = files.flatMap(({ problems }) => problems)
  if (problems.length === 0) return compileInspection(values)
  throw userMistake('policy-invalid', [`The files in ${directory} cannot be used:`, ...problems].join('\n'))
}
