// Pure: the certificate-pinned apps of a new home, after the vendor's list of predefined apps (client-behaviour 2.5):
// one entry for each process, Windows, macOS and Linux names together. The app names are the vendor's; its row
// numbers are public for Amazon CloudDrive only (151), the others are ours, as are most process lists.

import type { PinnedApp } from './schema/nsbypass.js'
import { PINNED_ACTION } from './schema/nsbypass.js'

interface PredefinedApp {
  readonly appName: string
  readonly rowID: string
  readonly processes: readonly string[]
  readonly domains: readonly string[]
}

const APPS: readonly PredefinedApp[] = [
  {
    appName: 'Amazon CloudDrive',
    rowID: '151',
    processes: ['AmazonCloudDrive.exe', 'Amazon Cloud Drive'],
    domains: ['drive.amazon.com', 'drive.amazonaws.com'],
  },
  {
    appName: 'Dropbox',
    rowID: '152',
    processes: ['Dropbox.exe', 'Dropbox'],
    domains: ['dropbox.com', 'dropboxapi.com', 'dropboxstatic.com', 'dropboxusercontent.com'],
  },
  {
    appName: 'Zoom',
    rowID: '153',
    processes: ['Zoom.exe', 'zoom.us', 'zoom', 'CptHost.exe', 'CptHost'],
    domains: ['zoom.us', 'zoom.com'],
  },
  {
    appName: 'iCloud Drive',
    rowID: '154',
    processes: ['iCloudDrive.exe', 'iCloudServices.exe', 'bird', 'cloudd', 'nsurlsessiond'],
    domains: ['icloud.com', 'icloud-content.com', 'apple-cloudkit.com', 'apple.com'],
  },
  {
    appName: 'Google Drive',
    rowID: '155',
    processes: ['GoogleDriveFS.exe', 'Google Drive'],
    domains: ['googleapis.com', 'drive.google.com', 'docs.google.com', 'googleusercontent.com'],
  },
  {
    appName: 'GitHub',
    rowID: '156',
    processes: [
      'GitHubDesktop.exe',
      'GitHub Desktop',
      'git-remote-https.exe',
      'git-remote-https',
      // On Linux git-remote-https is a link to this one, whose name is therefore what a look-up sees.
      'git-remote-http',
    ],
    domains: ['github.com', 'githubusercontent.com'],
  },
  {
    appName: 'Cisco Webex Teams',
    rowID: '157',
    processes: ['CiscoCollabHost.exe', 'Webex', 'CiscoCollabHost'],
    domains: ['webex.com', 'wbx2.com', 'ciscospark.com'],
  },
]

/** The entries of a new nsbypass.json: every app bypassed, directly. */
export const DEFAULT_PINNED_APPS: readonly PinnedApp[] = APPS.flatMap(({ appName, rowID, processes, domains }) =>
  processes.map((processName) => ({
    action: PINNED_ACTION.bypass,
    appName,
    app_domains: [...domains],
    mode: 'direct' as const,
    processName,
    rowID,
    tunnel_domains: [],
  })),
)
