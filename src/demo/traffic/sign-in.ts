// One user who signs in with the form and out again, as a browser would.

const sessionOf = (response: Response): string | undefined =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.match(/^session=([^;]+)/)?.[1])
    .find(Boolean);

const post = (url: string, token: string, fields: Record<string, string>, patienceMs: number): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { cookie: `session=${token}`, 'user-agent': 'lab-user' },
    body: new URLSearchParams(fields),
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  });

/** Whether the sign-in went well: the form came, its answer was 302 with a new session, and the sign-out was taken. */
export const signInAndOut = async (
  base: string,
  username: string,
  password: string,
  patienceMs: number,
): Promise<boolean> => {
  const page = await fetch(`${base}/login`, {
    headers: { 'user-agent': 'lab-user' },
    signal: AbortSignal.timeout(patienceMs),
  });
  const csrf = (await page.text()).match(/name="csrf" value="([^"]+)"/)?.[1];
  const anonymous = sessionOf(page);
  if (!csrf || !anonymous) return false;
  const answer = await post(`${base}/login`, anonymous, { csrf, username, password }, patienceMs);
  await answer.text();
  const session = sessionOf(answer);
  if (answer.status !== 302 || !session) return false;
  const goodbye = await post(`${base}/logout`, session, {}, patienceMs);
  await goodbye.text();
  return goodbye.status === 302;
};
