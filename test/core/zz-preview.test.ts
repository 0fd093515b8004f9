import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { loadCatalogue, firstCredentials, linksOf, servicesOf } from '../../src/core/record/catalogue.js';
import { loadLetters, type LetterName } from '../../src/core/record/letters.js';
test('preview', () => {
  const t=performance.now();
  const c = loadCatalogue('catalogue');
  const t1=performance.now();
  const letters = loadLetters('letters', () => c.vendor);
  console.log('catalogue', t1-t, 'letters', performance.now()-t1);
  console.log({...(globalThis as any).P});(globalThis as any).P={}; mkdirSync('/tmp/letters', { recursive: true });
  for (const locale of ['fr','en'] as const) {
    const fr = locale==='fr';
    const common = { firstName:'Anne', lastName:'Morel', company:'Volts & Fils', signInUrl:'https://desk.maison-lumen.example/sign-in', stockUrl:'https://desk.maison-lumen.example/me',clientName:'Paul *Durand* <b>', product:'Service Pack Pro', pack:'PP2016JUN002122662989', box:'BX-77 001', boxCredentials:firstCredentials(c,'pro',locale), clientIdentifier:'paul.durand@example.org', identifier:'anne@volts.example', passwordUntil: fr?'14 décembre 2026':'14 December 2026', until:fr?'15 décembre 2026 à 10:30':'15 December 2026, 10:30', when:fr?'14 décembre 2026 à 10:30':'14 December 2026, 10:30', expires:fr?'21 décembre 2026 à 10:30':'21 December 2026, 10:30',
     number:'A-000123', asker:'Anne Morel', summary:[{label:fr?'Commande':'Command',value:'stock withdraw'},{label:fr?'Motif':'Reason',value:'Cassé à la livraison'}], by:'Jean Petit', role:fr?'ventes':'sales', door:'chat' as const, code:'1234 5678', minutes:15, email:'anne@volts.example', url:'https://desk.maison-lumen.example/t/abcdefghijklmnopqrstuvwxyz0123456789', chooseUrl:'https://desk.maison-lumen.example/t/abcdefghijklmnopqrstuvwxyz0123456789', passwordLink:'https://desk.maison-lumen.example/t/abcdefghijklmnopqrstuvwxyz0123456789', orderNumber:'F-2026-118', services: servicesOf(c,'pro',locale), links: linksOf(c,locale), contactName:'Anne Morel', contactEmail:'anne@volts.example', name:'Service Pack Pro', available:2, threshold:3, purchase:'A-2026-77', total:6, lines:[{name:'Service Pack Pro',quantity:3},{name:'Box Pro',quantity:3}], letter:'declared-client', recipient:'x@y.example', object:'D-000012', error:'550 5.1.1 <x@y.example>: user unknown', askedBy:'anne_m', discordName:'anne_m', isNew:false, account:'created' as const, decider:'Jean Petit', reason:'Trop tard.\nVoir la facture.', verdict:'refused' as const };
    const go=(name:LetterName, more:object={}, tag='')=>{ const r=letters.render(name, locale, {...common, ...more} as never); writeFileSync(`/tmp/letters/${locale}-${name}${tag}.html`, r.html); return `##### ${name}${tag}\nSubject: ${r.subject}\n\n${r.text}\n`; };
    let out='';
    const names=['reseller-registered','stock-received','stock-low','takeover-installer-new','takeover-installer-existing','takeover-client','declared-client','link-code','address-linked','password-link','password-changed','role-granted','role-revoked','approval-asked','approval-reminder','approval-decided','delivery-failed','mail-unlinked'] as const;
    for(const n of names) out+=go(n, n==='reseller-registered'||n==='takeover-installer-new'?{password:'k7mq-x2vd-9hte'}:n==='delivery-failed'?{number:'M-000009'}:{});
    out+=go('reseller-registered',{password:undefined},'-link');
    out+=go('reseller-registered',{password:undefined,passwordLink:undefined},'-old');
    out+=go('takeover-installer-new',{password:undefined,box:undefined,boxCredentials:[]},'-link');
    out+=go('declared-client',{chooseUrl:undefined,account:'existing',services:[],links:[],boxCredentials:[],pack:undefined},'-bare');
    out+=go('link-code',{askedBy:undefined,door:'web'},'-nobody');
    out+=go('password-link',{isNew:true},'-new');
    for(const v of ['approved','expired','void']) out+=go('approval-decided',{verdict:v,reason:undefined,summary:[],...(v==='approved'?{}:{decider:undefined})},'-'+v);
    out+=go('stock-low',{available:0},'-none');
    writeFileSync(`/tmp/letters/${locale}.txt`, out);
  }
  const p={ code:'1', minutes:1, askedBy:'x', door:'chat' as const };
  const d={clientName:'a',company:'b',orderNumber:'c',product:'d',pack:'e',box:'f',account:'created' as const,chooseUrl:'https://x.example/',until:'d',signInUrl:'https://x.example/',boxCredentials:firstCredentials(c,'pro','fr'),services:servicesOf(c,'pro','fr'),links:linksOf(c,'fr')};
  for (const n of [1,200,2000,4000]) { const u=process.cpuUsage(); for(let i=0;i<n;i++) letters.render('declared-client','fr',d); const v=process.cpuUsage(u); console.log('declared-client',n,(v.user+v.system)/n/1000,'cpu ms'); }
  { const s=performance.now(); for(let i=0;i<2000;i++) letters.render('link-code','fr',p); console.log('link-code',(performance.now()-s)/2000,'ms'); }
  console.log((globalThis as any).P);
});
