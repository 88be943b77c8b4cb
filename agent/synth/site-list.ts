// Pure: hosts an office endpoint meets, by what they are for and whose addresses they have. Within a category the most
// popular come first. Tenants' own names are those of contoso, Microsoft's company for examples; what is inside the
// office or at home is below .example. No name or address is a person's.

import type { NetworkName } from './networks.js'

/** What a host is for; `other` is a host the list does not have. */
export type SiteCategory = (typeof SITE_TABLE)[number][0] | 'other'

/** Category, network, and hosts parted by white space. */
export const SITE_TABLE = [
  ['search', 'google', 'www.google.com'],
  ['search', 'microsoftEdge', 'www.bing.com'],
  ['search', 'azure', 'duckduckgo.com'],

  ['mail', 'exchange', 'outlook.office365.com outlook.office.com autodiscover-s.outlook.com'],
  ['mail', 'google', 'mail.google.com imap.gmail.com smtp.gmail.com'],

  ['office', 'microsoftEdge', 'contoso.sharepoint.com www.office.com contoso-my.sharepoint.com'],
  ['office', 'google', 'docs.google.com calendar.google.com sheets.google.com'],
  ['office', 'exchange', 'substrate.office.com'],
  ['office', 'entra', 'graph.microsoft.com'],
  ['office', 'azure', 'nexusrules.officeapps.live.com config.office.com roaming.officeapps.live.com'],
  ['office', 'akamai', 'res.cdn.office.net'],

  ['meetings', 'teams', 'teams.microsoft.com worldaz.tr.teams.microsoft.com api.flightproxy.teams.microsoft.com'],
  ['meetings', 'zoom', 'zoom.us us02web.zoom.us us04web.zoom.us logfiles-va.zoom.us'],
  ['meetings', 'cloudfront', 'st1.zoom.us st3.zoom.us'],
  ['meetings', 'google', 'meet.google.com stun.l.google.com'],
  ['meetings', 'webex', 'idbroker.webex.com wdm-a.wbx2.com mercury-connection-a.wbx2.com'],

  ['chat', 'ec2', 'slack.com wss-primary.slack.com edgeapi.slack.com files.slack.com'],
  ['chat', 'cloudfront', 'a.slack-edge.com'],
  ['chat', 'meta', 'web.whatsapp.com'],

  ['storage', 'google', 'drive.google.com www.googleapis.com'],
  ['storage', 'box', 'www.box.com api.box.com upload.box.com dl.boxcloud.com'],
  [
    'storage',
    'dropbox',
    'www.dropbox.com client.dropbox.com api.dropboxapi.com content.dropboxapi.com bolt.dropbox.com',
  ],
  ['storage', 'microsoftEdge', 'onedrive.live.com'],

  ['business', 'salesforce', 'contoso.my.salesforce.com contoso.lightning.force.com login.salesforce.com'],
  ['business', 'atlassian', 'contoso.atlassian.net api.atlassian.com trello.com'],
  ['business', 'servicenow', 'contoso.service-now.com'],
  ['business', 'workday', 'www.myworkday.com'],
  ['business', 'cloudflare', 'www.notion.so contoso.zendesk.com app.hubspot.com'],
  ['business', 'cloudfront', 'www.figma.com miro.com app.asana.com'],
  ['business', 'docusign', 'na3.docusign.net'],
  ['business', 'akamai', 'www.concursolutions.com'],

  ['developer', 'github', 'github.com api.github.com codeload.github.com alive.github.com'],
  ['developer', 'githubPages', 'raw.githubusercontent.com objects.githubusercontent.com avatars.githubusercontent.com'],
  ['developer', 'cloudflare', 'stackoverflow.com gitlab.com api.openai.com'],
  ['developer', 'microsoftEdge', 'dev.azure.com marketplace.visualstudio.com main.vscode-cdn.net'],
  ['developer', 'atlassian', 'bitbucket.org'],
  ['developer', 'fastly', 'developer.mozilla.org'],
  ['developer', 'cloudflare', 'production.cloudflare.docker.com'],
  ['developer', 'ec2', 'auth.docker.io'],

  ['cdn', 'google', 'fonts.gstatic.com www.gstatic.com fonts.googleapis.com lh3.googleusercontent.com i.ytimg.com'],
  ['cdn', 'cloudflare', 'cdnjs.cloudflare.com unpkg.com static.cloudflareinsights.com challenges.cloudflare.com'],
  ['cdn', 'fastly', 'cdn.jsdelivr.net code.jquery.com pbs.twimg.com'],
  ['cdn', 'akamai', 'use.typekit.net assets.adobedtm.com static.licdn.com s.yimg.com'],
  ['cdn', 'cloudfront', 'm.media-amazon.com cdn.cookielaw.org consent.trustarc.com d1.awsstatic.com'],
  ['cdn', 'meta', 'static.xx.fbcdn.net scontent.xx.fbcdn.net'],
  ['cdn', 'microsoftEdge', 'assets.msn.com ajax.aspnetcdn.com'],

  ['ads', 'google', 'www.googletagmanager.com securepubads.g.doubleclick.net pagead2.googlesyndication.com'],
  ['ads', 'google', 'googleads.g.doubleclick.net tpc.googlesyndication.com cm.g.doubleclick.net'],
  ['ads', 'cloudfront', 'c.amazon-adsystem.com sb.scorecardresearch.com'],
  ['ads', 'adnxs', 'ib.adnxs.com secure.adnxs.com'],
  ['ads', 'meta', 'connect.facebook.net'],
  ['ads', 'criteo', 'bidder.criteo.com gum.criteo.com'],
  ['ads', 'akamai', 'ads.pubmatic.com fastlane.rubiconproject.com eus.rubiconproject.com'],
  ['ads', 'ec2', 'match.adsrvr.org s.amazon-adsystem.com'],
  ['ads', 'microsoftEdge', 'bat.bing.com px.ads.linkedin.com'],
  ['ads', 'fastly', 'cdn.taboola.com trc.taboola.com widgets.outbrain.com'],
  ['ads', 'cloudflare', 'htlb.casalemedia.com'],
  ['ads', 'yahoo', 'udc.yahoo.com ups.analytics.yahoo.com'],

  ['telemetry', 'google', 'www.google-analytics.com region1.google-analytics.com stats.g.doubleclick.net'],
  ['telemetry', 'azure', 'self.events.data.microsoft.com mobile.events.data.microsoft.com browser.events.data.msn.com'],
  ['telemetry', 'fastly', 'bam.nr-data.net js-agent.newrelic.com browser.sentry-cdn.com'],
  ['telemetry', 'gcp', 'browser-intake-datadoghq.com api.mixpanel.com notify.bugsnag.com'],
  ['telemetry', 'cloudfront', 'script.hotjar.com cdn.segment.com'],
  ['telemetry', 'ec2', 'api.segment.io api2.amplitude.com dpm.demdex.net'],

  ['social', 'microsoftEdge', 'www.linkedin.com'],
  ['social', 'fastly', 'www.reddit.com'],
  ['social', 'xCorp', 'x.com api.x.com'],
  ['social', 'meta', 'www.facebook.com www.instagram.com'],

  ['news', 'fastly', 'www.nytimes.com www.cnn.com www.bbc.co.uk www.theguardian.com'],
  ['news', 'yahoo', 'www.yahoo.com finance.yahoo.com'],
  ['news', 'cloudfront', 'www.reuters.com www.wsj.com'],
  ['news', 'akamai', 'weather.com www.msn.com'],
  ['news', 'cloudflare', 'slashdot.org'],

  ['media', 'google', 'www.youtube.com youtubei.googleapis.com'],
  ['media', 'gcp', 'spclient.wg.spotify.com apresolve.spotify.com dealer.spotify.com'],
  ['media', 'fastly', 'audio-fa.scdn.co i.scdn.co player.vimeo.com'],
  ['media', 'ec2', 'www.netflix.com'],

  ['shopping', 'cloudfront', 'www.amazon.com www.booking.com'],
  ['shopping', 'akamai', 'www.ebay.com www.bestbuy.com'],
  ['shopping', 'fastly', 'www.etsy.com'],

  ['reference', 'wikimedia', 'en.wikipedia.org upload.wikimedia.org'],
  ['reference', 'google', 'maps.google.com translate.google.com'],
  ['reference', 'akamai', 'learn.microsoft.com'],
  ['reference', 'fastly', 'docs.python.org'],
  ['reference', 'cloudflare', 'chatgpt.com www.w3.org'],

  ['identity', 'entra', 'login.microsoftonline.com login.live.com device.login.microsoftonline.com'],
  ['identity', 'google', 'accounts.google.com'],
  ['identity', 'ec2', 'contoso.okta.com'],
  ['identity', 'microsoftEdge', 'aadcdn.msauth.net'],

  ['updates', 'google', 'update.googleapis.com clients2.google.com edgedl.me.gvt1.com dl.google.com'],
  ['updates', 'azure', 'slscr.update.microsoft.com fe2cr.update.microsoft.com settings-win.data.microsoft.com'],
  [
    'updates',
    'akamai',
    'download.windowsupdate.com 2.dl.delivery.mp.microsoft.com swcdn.apple.com officecdn.microsoft.com',
  ],
  ['updates', 'microsoftEdge', 'msedge.api.cdp.microsoft.com update.code.visualstudio.com'],
  ['updates', 'apple', 'gdmf.apple.com mesu.apple.com swscan.apple.com'],
  ['updates', 'ec2', 'armmf.adobe.com aus5.mozilla.org'],
  ['updates', 'canonical', 'archive.ubuntu.com security.ubuntu.com api.snapcraft.io connectivity-check.ubuntu.com'],
  ['updates', 'canonical', 'changelogs.ubuntu.com'],

  ['push', 'google', 'mtalk.google.com'],
  ['push', 'azure', 'client.wns.windows.com'],
  ['push', 'apple', '1-courier.push.apple.com 24-courier.push.apple.com'],

  ['apple', 'apple', 'gateway.icloud.com metrics.icloud.com xp.apple.com api.apple-cloudkit.com setup.icloud.com'],
  ['apple', 'apple', 'bag.itunes.apple.com configuration.apple.com gsp-ssl.ls.apple.com gs-loc.apple.com'],

  [
    'security',
    'google',
    'safebrowsing.googleapis.com optimizationguide-pa.googleapis.com clientservices.googleapis.com',
  ],
  ['security', 'azure', 'nav-edge.smartscreen.microsoft.com wdcp.microsoft.com'],
  ['security', 'ec2', 'ts01-b.cloudsink.net lfodown01-b.cloudsink.net'],

  ['certificates', 'akamai', 'ocsp.digicert.com r11.o.lencr.org ctldl.windowsupdate.com ocsp2.apple.com'],
  ['certificates', 'google', 'o.pki.goog'],

  ['management', 'ec2', 'rtc.iot.kandji.io contoso.jamfcloud.com'],
  ['management', 'azure', 'fef.msub03.manage.microsoft.com'],

  ['time', 'azure', 'time.windows.com'],
  ['time', 'apple', 'time.apple.com'],
  ['time', 'canonical', 'ntp.ubuntu.com'],

  ['intranet', 'office', 'intranet.corp.example wiki.corp.example git.corp.example hr.corp.example build.corp.example'],
  ['server', 'office', 'dc1.corp.example files.corp.example db.corp.example'],
  ['device', 'office', 'printer-2e.corp.example printer-3w.corp.example'],
  ['device', 'home', 'speaker.home.example television.home.example'],
] as const satisfies ReadonlyArray<readonly [category: string, network: NetworkName, hosts: string]>
