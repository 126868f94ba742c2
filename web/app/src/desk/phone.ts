/** A phone number as people read it aloud: an Indian mobile in two fives, others with their +. */
export function inFives(phone: string): string {
  if (/^91\d{10}$/.test(phone)) return `+91 ${phone.slice(2, 7)} ${phone.slice(7)}`;
  return /^\d{11,15}$/.test(phone) ? `+${phone}` : phone;
}
