import { Injectable } from '@nestjs/common';

/** The only source of the present. The core gets the time as an argument. */
@Injectable()
export class Clock {
  nowMs(): number {
    return Date.now();
  }
}
