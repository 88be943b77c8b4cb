// Pure: programs that keep files the same in two places. How often they work is ours.

import { type App, tcp } from './app.js'

export const FILE_APPS: readonly App[] = [
  {
    name: 'onedrive',
    kind: 'sync',
    presence: 0.75,
    process: { windows: ['OneDrive.exe'], macos: ['onedrive'] },
    sessions: { perHour: 24, whenIdle: 5, flows: [2, 9], spreadMs: 6000, parallel: [1, 4], retries: 0.03 },
    targets: [
      tcp('contoso-my.sharepoint.com', 8),
      tcp('contoso.sharepoint.com', 4),
      tcp('login.microsoftonline.com', 2),
      tcp('onedrive.live.com', 1),
      tcp('mobile.events.data.microsoft.com', 2),
    ],
  },
  {
    name: 'google-drive',
    kind: 'sync',
    presence: 0.2,
    process: { windows: ['GoogleDriveFS.exe'], macos: ['google drive'] },
    sessions: { perHour: 20, whenIdle: 5, flows: [2, 8], spreadMs: 5000, parallel: [1, 4], retries: 0.03 },
    targets: [
      tcp('www.googleapis.com', 6),
      tcp('drive.google.com', 3),
      tcp('lh3.googleusercontent.com', 2),
      tcp('accounts.google.com', 1),
    ],
  },
  {
    name: 'box-drive',
    kind: 'sync',
    presence: 0.15,
    process: { windows: ['Box.exe'], macos: ['box', 'box ui'] },
    sessions: { perHour: 20, whenIdle: 5, flows: [2, 8], spreadMs: 5000, parallel: [1, 4], retries: 0.03 },
    targets: [tcp('api.box.com', 6), tcp('upload.box.com', 3), tcp('dl.boxcloud.com', 3), tcp('www.box.com', 1)],
  },
  {
    name: 'dropbox',
    kind: 'sync',
    presence: 0.15,
    process: { windows: ['Dropbox.exe'], macos: ['dropbox'], linux: ['dropbox'] },
    sessions: { perHour: 18, whenIdle: 6, flows: [1, 6], spreadMs: 5000, parallel: [1, 4], retries: 0.03 },
    targets: [
      tcp('client.dropbox.com', 5),
      tcp('bolt.dropbox.com', 4),
      tcp('content.dropboxapi.com', 3),
      tcp('api.dropboxapi.com', 2),
    ],
  },
  {
    name: 'icloud',
    kind: 'sync',
    presence: 0.9,
    process: { macos: ['cloudd', 'nsurlsessiond', 'bird'] },
    sessions: { perHour: 20, whenIdle: 8, flows: [2, 7], spreadMs: 4000, parallel: [1, 3], retries: 0.02 },
    targets: [
      tcp('gateway.icloud.com', 6),
      tcp('api.apple-cloudkit.com', 4),
      tcp('apple', 3),
      tcp('metrics.icloud.com', 2),
    ],
  },
  {
    name: 'file-server',
    kind: 'sync',
    presence: 0.5,
    process: { windows: ['System'], macos: ['netauthsysagent'], linux: ['gvfsd-smb'] },
    sessions: { perHour: 5, whenIdle: 0.5, flows: [1, 3], spreadMs: 1500, parallel: [1, 1], retries: 0.02 },
    targets: [tcp('files.corp.example', 6, 445, 0.2), tcp('dc1.corp.example', 1, 445, 0.2)],
  },
]
