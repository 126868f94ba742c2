/**
 * The icons, drawn for this project: a 24-unit grid, one stroke, round ends. Each is the inside of an
 * svg symbol; Icon shows them by name.
 */
export const ICONS = {
  sangam:
    '<path d="M3 5c7 0 7 7 18 7"/><path d="M3 19c7 0 7-7 18-7"/><path d="M3 12h8" stroke-dasharray="0.1 3.4"/>',
  "arrow-right": '<path d="M5 12h14"/><path d="m13 6 6 6-6 6"/>',
  bell: '<path d="M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15z"/><path d="M10 21h4"/>',
  clock: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
  "clock-alert":
    '<path d="M17.5 5.7A8.5 8.5 0 1 0 18.6 16"/><path d="M11 7.5V12l3 2"/><path d="M21 8.5v4"/><path d="M21 16v.01"/>',
  check: '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
  x: '<path d="M6 6l12 12"/><path d="M18 6 6 18"/>',
  pause: '<path d="M9 6v12"/><path d="M15 6v12"/>',
  play: '<path d="M8 5.5v13L18.5 12z"/>',
  user: '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.9-4 3.9-6 7.5-6s6.6 2 7.5 6"/>',
  users:
    '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5c.7-3.6 3.2-5.5 6.5-5.5s5.8 1.9 6.5 5.5"/><path d="M15.5 5.3a3.5 3.5 0 0 1 0 6.4"/><path d="M18 14.6c1.9.9 3.1 2.6 3.5 4.9"/>',
  "user-x":
    '<circle cx="10" cy="8" r="4"/><path d="M3 20.5c.8-4 3.4-6 7-6 1.5 0 2.9.4 4 1.1"/><path d="m17 16 4.5 4.5"/><path d="M21.5 16 17 20.5"/>',
  search: '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
  "triangle-alert": '<path d="M12 4 21 19.5H3z"/><path d="M12 10v4"/><path d="M12 16.8v.01"/>',
  siren:
    '<path d="M7 17v-5a5 5 0 0 1 10 0v5"/><path d="M5 20.5v-3.5h14v3.5z"/><path d="M12 2.5v1.5"/><path d="m4.5 5.5 1.2 1.2"/><path d="m19.5 5.5-1.2 1.2"/>',
  undo: '<path d="M8.5 5 4.5 9l4 4"/><path d="M4.5 9H14a5.5 5.5 0 0 1 0 11h-4"/>',
  repeat:
    '<path d="M4 11a8 8 0 0 1 13.7-4.6L20 9"/><path d="M20 4v5h-5"/><path d="M20 13a8 8 0 0 1-13.7 4.6L4 15"/><path d="M4 20v-5h5"/>',
  send: '<path d="M12 15.5V4"/><path d="m7 9 5-5 5 5"/><path d="M4 15.5v3.5a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3.5"/>',
  activity: '<path d="M3 12h4l2.5-7 5 14 2.5-7h4"/>',
  "cloud-off":
    '<path d="M7.5 18.5h9.7"/><path d="M20.3 16.7a4 4 0 0 0-2-6.1A6.5 6.5 0 0 0 9 6.6"/><path d="M6 9.5a4.6 4.6 0 0 0 1.5 9"/><path d="m4 4 16 16.5"/>',
  printer: '<path d="M7 8V4h10v4"/><path d="M7 17H4.5V8.5h15V17H17"/><path d="M7 14h10v6H7z"/>',
  volume:
    '<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z"/><path d="M15.5 9a4.5 4.5 0 0 1 0 6"/><path d="M18 6.5a8 8 0 0 1 0 11"/>',
  microphone:
    '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0"/><path d="M12 18v3"/>',
  globe:
    '<circle cx="12" cy="12" r="9"/><path d="M3 12h18"/><path d="M12 3c3.3 3.2 3.3 14.8 0 18"/><path d="M12 3c-3.3 3.2-3.3 14.8 0 18"/>',
  calendar:
    '<rect x="4" y="5.5" width="16" height="15" rx="2"/><path d="M4 10.5h16"/><path d="M8.5 3v4"/><path d="M15.5 3v4"/>',
  help: '<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1 .9-1 1.7"/><path d="M12 17v.01"/>',
  lock: '<rect x="5" y="11" width="14" height="9.5" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
  leaf: '<path d="M6 19C4 10 10 5 20 5c0 10-5 15-14 14z"/><path d="M4 21.5c1.5-5 4-8 8.5-10"/>',
  drop: '<path d="M12 3.5c4 4.5 6 7.5 6 10.5a6 6 0 0 1-12 0c0-3 2-6 6-10.5z"/>',
  diya: '<path d="M12 3c2.3 2.4 3.2 3.9 3.2 5.6a3.2 3.2 0 0 1-6.4 0C8.8 6.9 9.7 5.4 12 3z"/><path d="M3.5 14.5h17c0 3.8-3.5 6-8.5 6s-8.5-2.2-8.5-6z"/>',
  sun: '<circle cx="12" cy="12" r="4"/><path d="M12 3v2"/><path d="M12 19v2"/><path d="M3 12h2"/><path d="M19 12h2"/><path d="m5.6 5.6 1.4 1.4"/><path d="m17 17 1.4 1.4"/><path d="m18.4 5.6-1.4 1.4"/><path d="m7 17-1.4 1.4"/>',
  "chevron-right": '<path d="m9 5.5 6.5 6.5L9 18.5"/>',
  transfer: '<path d="M4 8.5h14"/><path d="m14 4.5 4 4-4 4"/><path d="M20 16H6"/><path d="m10 12-4 4 4 4"/>',
  flag: '<path d="M6 21V4.5"/><path d="M6 5c4-2.5 7.5 2.5 12.5 0v9C13.5 16.5 10 11.5 6 14"/>',
  inbox: '<path d="m4 13 2.5-8h11L20 13v6H4z"/><path d="M4 13h5l1 2.5h4l1-2.5h5"/>',
  door: '<path d="M6.5 21V4h11v17"/><path d="M3.5 21h17"/><path d="M14 12.5v.01"/>',
  plus: '<path d="M12 5v14"/><path d="M5 12h14"/>',
  heart: '<path d="M12 20S4 15 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 15 12 20 12 20z"/>',
  moon: '<path d="M20 14.5A8.5 8.5 0 1 1 9.5 4 7 7 0 0 0 20 14.5z"/>',
  hourglass:
    '<path d="M7 3h10"/><path d="M7 21h10"/><path d="M8 3c0 5 3 6.5 4 9-1 2.5-4 4-4 9"/><path d="M16 3c0 5-3 6.5-4 9 1 2.5 4 4 4 9"/>',
  "file-text":
    '<path d="M6 3h8l4.5 4.5V21H6z"/><path d="M14 3v4.5h4.5"/><path d="M9 12.5h6"/><path d="M9 16.5h6"/>',
  phone: '<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 18h2"/>',
  backspace: '<path d="M9 6h11v12H9l-5.5-6z"/><path d="m12.5 9.8 4.4 4.4"/><path d="m16.9 9.8-4.4 4.4"/>',
  machine:
    '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><path d="M3.5 12h17"/><path d="M7.5 8.2v.01"/><path d="M7.5 15.8v.01"/><path d="M12 8.2h5"/><path d="M12 15.8h5"/>',
  disk: '<path d="M12 4c4.5 0 8 1.3 8 3s-3.5 3-8 3-8-1.3-8-3 3.5-3 8-3z"/><path d="M4 7v10c0 1.7 3.5 3 8 3s8-1.3 8-3V7"/><path d="M4 12c0 1.7 3.5 3 8 3s8-1.3 8-3"/>',
  monitor: '<rect x="3" y="4.5" width="18" height="12" rx="1.5"/><path d="M12 16.5V20"/><path d="M8 20h8"/>',
  tablet: '<rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M17.5 12v.01"/>',
  kiosk: '<rect x="7" y="2.5" width="10" height="14" rx="1.5"/><path d="M12 16.5V21"/><path d="M8.5 21h7"/>',
  scissors:
    '<circle cx="6.5" cy="6.5" r="2.5"/><circle cx="6.5" cy="17.5" r="2.5"/><path d="M8.5 8 20 17"/><path d="M8.5 16 20 7"/>',
  power: '<path d="M12 3.5v8"/><path d="M7 6.7a7.5 7.5 0 1 0 10 0"/>',
  key: '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5"/><path d="m16 7.5 3 3"/>',
  qr: '<path d="M4 4h6v6H4z"/><path d="M14 4h6v6h-6z"/><path d="M4 14h6v6H4z"/><path d="M14 16.5V14h2.5"/><path d="M20 14v6h-6"/>',
  sliders:
    '<path d="M4 7h9"/><path d="M17 7h3"/><circle cx="15" cy="7" r="2"/><path d="M4 17h3"/><path d="M11 17h9"/><circle cx="9" cy="17" r="2"/>',
  download: '<path d="M12 4v11.5"/><path d="m7 10.5 5 5 5-5"/><path d="M5 20h14"/>',
  keyboard:
    '<rect x="2.5" y="6" width="19" height="12" rx="2"/><path d="M6.5 10v.01"/><path d="M10.2 10v.01"/><path d="M13.8 10v.01"/><path d="M17.5 10v.01"/><path d="M8.5 14h7"/>',
  "minus-circle": '<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>',
} as const;
