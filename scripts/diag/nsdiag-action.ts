// Pure: what can be asked with `steerlab nsdiag`, once its command line has been read.

import type { CaptureKind, CaptureRequest } from '../../agent/capture-file/capture-request.js'
import type { Level } from '../../agent/log/record.js'
import type { SpeedTestRequest } from '../../agent/tunnel/hello.js'

/** One thing to do. */
export type NsdiagAction =
  | { readonly do: 'help' }
  | { readonly do: 'version' }
  | { readonly do: 'details' }
  | { readonly do: 'private-access' }
  | { readonly do: 'update' }
  | { readonly do: 'log-level'; readonly level: Level }
  | { readonly do: 'log-size'; readonly megabytes: number }
  /** `file`: a bare name for the log directory, or a path; `nslogs.zip` when left out. */
  | { readonly do: 'save-logs'; readonly file: string }
  | { readonly do: 'capture-start'; readonly kind: CaptureKind; readonly request: CaptureRequest }
  /** `kind` left out: whatever runs. */
  | { readonly do: 'capture-stop'; readonly kind?: CaptureKind }
  | { readonly do: 'driver-log'; readonly act: 'start'; readonly file?: string | undefined }
  | { readonly do: 'driver-log'; readonly act: 'stop' }
  | { readonly do: 'timing'; readonly url: string }
  | ({ readonly do: 'speed-test' } & SpeedTestRequest)
  | { readonly do: 'match'; readonly pattern: string; readonly text: string }
  /** `asVerb`: as the Linux client's command, which answers otherwise. */
  | { readonly do: 'switch'; readonly to: 'enable' | 'disable'; readonly asVerb: boolean }
  | { readonly do: 'show-status' }
  | { readonly do: 'show-config' }
  | { readonly do: 'show-blocked' }

/** A command line that was read. */
export interface NsdiagRequest {
  readonly action: NsdiagAction
  readonly json: boolean
  readonly home?: string | undefined
}
