// Pure: the categories that hosts have without a file. The real ones are the cloud's (tens of millions of hosts) and not
// public; the names are of the kind the field uses, and every host of the lab has one. A `*.x` is x and all below it.

import { categoryDomains, KNOWN_CATEGORIES } from '../../../agent/config/compile/web-categories.js'

/** By category; of two entries that cover a host the more specific one counts. */
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'Cloud Storage': [
    '*.box.com',
    '*.dropbox.com',
    '*.dropbox-dns.com',
    '*.dropboxapi.com',
    '*.icloud.com',
    'drive.amazon.com',
    'drive.amazonaws.com',
    'drive.google.com',
    'onedrive.live.com',
    '*.spo-msedge.net',
    '*.wetransfer.com',
    '*.mega.nz',
  ],
  Collaboration: [
    '*.sharepoint.com',
    'teams.microsoft.com',
    '*.slack.com',
    '*.atlassian.com',
    '*.atlassian.net',
    '*.notion.so',
    '*.figma.com',
    '*.miro.com',
    '*.trello.com',
    '*.asana.com',
  ],
  Webmail: [
    'mail.google.com',
    'outlook.live.com',
    'outlook.office.com',
    '*.office365.com',
    '*.tm-4.office.com',
    'mail.yahoo.com',
    '*.proton.me',
    '*.gmx.net',
  ],
  'Web Conferencing': ['meet.google.com'],
  'Generative AI': [
    '*.chatgpt.com',
    '*.openai.com',
    '*.claude.ai',
    '*.anthropic.com',
    'gemini.google.com',
    'copilot.microsoft.com',
    '*.perplexity.ai',
    '*.huggingface.co',
    '*.deepseek.com',
  ],
  Social: ['*.facebook.com', '*.instagram.com', '*.linkedin.com', '*.x.com', '*.reddit.com', '*.tiktok.com'],
  'Search Engines': ['*.google.com', '*.bing.com', '*.duckduckgo.com', '*.yahoo.com'],
  'Development Tools': [
    '*.github.com',
    '*.githubusercontent.com',
    '*.gitlab.com',
    '*.bitbucket.org',
    '*.stackoverflow.com',
    '*.docker.com',
    '*.npmjs.com',
    '*.pypi.org',
  ],
  'Identity Management': ['login.microsoftonline.com', '*.msidentity.com', 'accounts.google.com', '*.okta.com'],
  CRM: ['*.salesforce.com', '*.force.com', '*.hubspot.com'],
  HR: ['*.workday.com', '*.myworkday.com', '*.bamboohr.com', '*.personio.de'],
  'IT Service Management': ['*.servicenow.com', '*.service-now.com', '*.zendesk.com'],
  Technology: ['*.microsoft.com', '*.live.com', '*.office.com', '*.apple.com', '*.googleapis.com', '*.gstatic.com'],
  Security: ['*.netskope.com', '*.goskope.com', 'notskope.com', '*.virustotal.com'],
  Reference: ['*.wikipedia.org', '*.wikimedia.org', '*.example.com', '*.example.org', '*.example.net'],
  'News & Media': ['*.bbc.co.uk', '*.cnn.com', '*.nytimes.com', '*.spiegel.de', '*.theguardian.com'],
  Health: ['*.webmd.com', '*.mayoclinic.org', '*.nhs.uk', '*.doctolib.de'],
  Shopping: ['*.amazon.com', '*.ebay.com', '*.etsy.com'],
  // Hosts of the lab for one odd case each.
  'Test Sites': ['*.lab.example', '*.badssl.com'],
}

/** Category and entries; a category may come twice. Some are the client's own category exceptions, with the same hosts. */
export const DEFAULT_CATEGORIES: readonly (readonly [category: string, hosts: readonly string[]])[] = [
  ...Object.entries(HOSTS),
  ...KNOWN_CATEGORIES.map((name) => [name, categoryDomains({ name }).map((domain) => `*.${domain}`)] as const),
]
