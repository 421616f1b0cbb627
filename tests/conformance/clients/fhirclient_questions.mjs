// What an app asks by npm's `fhirclient`, once it is launched; the same in Node and in a browser.

async function refused(asking) {
  try {
    await asking;
    return 0;
  } catch (fault) {
    return fault.status ?? fault.statusCode ?? -1;
  }
}

export async function ask(client, other) {
  const patient = await client.patient.read();
  const pages = [];
  await client.request(`Observation?patient=${patient.id}&_count=4`, { pageLimit: 0, onPage: (page) => void pages.push(page) });
  const flat = await client.request(`Observation?patient=${patient.id}&_count=7`, { pageLimit: 0, flat: true });
  const mine = await client.patient.request('Observation?_count=50');
  const first = client.getState('tokenResponse.access_token');
  const refresh = await refused(client.refresh());
  const kept = await client.create({
    resourceType: 'Condition',
    subject: { reference: `Patient/${patient.id}` },
    code: { text: 'Felt dizzy' },
  });
  const changed = await client.update({ ...kept, code: { text: 'Felt dizzy on standing' } });
  const patched = await client.patch(`Condition/${kept.id}`, [{ op: 'replace', path: '/code/text', value: 'Well again' }]);
  const read = await client.request(`Condition/${kept.id}`);
  await client.delete(`Condition/${kept.id}`);
  return {
    patient: { bound: client.patient.id, read: patient.id, family: patient.name[0].family },
    user: { type: client.user.resourceType, id: client.user.id, read: (await client.user.read()).id },
    pages: pages.map((page) => (page.entry ?? []).map((entry) => entry.resource.id)),
    flat: flat.map((one) => one.id),
    mine: mine.entry.map((entry) => entry.resource.id),
    refresh,
    isRefreshed: first !== client.getState('tokenResponse.access_token'),
    kept: [kept, changed, patched, read].map((one) => one.code.text),
    tags: read.meta.tag.map((tag) => `${tag.system}|${tag.code}`),
    gone: await refused(client.request(`Condition/${kept.id}`)),
    other: await refused(client.request(`Patient/${other}`)),
  };
}
