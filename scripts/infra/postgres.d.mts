export interface StartPostgresOptions {
  dir: string;
  durable?: boolean;
  port?: number;
  log?: (message: string) => void;
}

export interface PostgresUrls {
  /** As zantara_app. */
  url: string;
  ownerUrl: string;
  analystUrl: string;
  /** As superuser, to the database postgres. */
  superuserUrl: string;
}

export interface RunningPostgres extends PostgresUrls {
  port: number;
  pid: number;
  stop: () => Promise<void>;
}

export function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres>;
