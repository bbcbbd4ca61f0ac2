export interface SseFrame {
  event: string;
  id: string | undefined;
  data: string;
}

/** Longer than any event of the log. */
const MAX_FRAME_CHARACTERS = 32 * 1024 * 1024;

/** Reads server-sent events (WHATWG HTML, 9.2.6) from text that comes in any pieces. A frame that was cut off is never given out. */
export class SseParser {
  private rest = '';
  private event = 'message';
  private id: string | undefined;
  private data: string[] = [];

  push(text: string): SseFrame[] {
    this.rest += text;
    if (this.rest.length > MAX_FRAME_CHARACTERS) throw new RangeError('the event is longer than any of ours');
    // A final CR may be the first half of CRLF.
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.readLine(line));
  }

  private readLine(line: string): SseFrame[] {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return [];
    const [field, raw] = colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return [];
  }

  private dispatch(): SseFrame[] {
    const { event, id, data } = this;
    this.event = 'message';
    this.data = [];
    return data.length === 0 ? [] : [{ event, id, data: data.join('\n') }];
  }
}
