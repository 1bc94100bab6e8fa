import { dirname } from 'node:path';
import type { RequestHandler } from 'express';
import { Router } from 'express';
import { ALL_ROUTES } from './all-routes';
import { setRoute } from './http/request-state';
import { createOpenApiDocument } from './openapi-document';

/** What may be fetched of Swagger UI; everything comes from our own server. */
const ASSETS_FOLDER = dirname(require.resolve('swagger-ui-dist/package.json'));
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

const PAGE = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>电子证照接口说明</title>
<link rel="stylesheet" href="swagger-ui.css"><link rel="icon" type="image/png" href="favicon-32x32.png"></head>
<body><div id="swagger-ui"></div><script src="swagger-ui-bundle.js"></script><script src="start.js"></script></body></html>
`;

/** No validator badge: it would send our address to a stranger. */
const START = `window.onload = () => SwaggerUIBundle({ url: '../openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

/** Scripts from ourselves only. Swagger UI draws icons from data: addresses and sets styles on elements by script. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/openapi.json` and, at `/docs/`, the same for people. */
export function documentationRouter(): Router {
  const router = Router({ strict: true });
  const document = JSON.stringify(createOpenApiDocument(ALL_ROUTES));
  router.get('/openapi.json', (request, response) => {
    setRoute(request, '/openapi.json');
    response.set('Content-Type', 'application/json; charset=utf-8').end(document);
  });
  router.get('/docs', (request, response) => {
    setRoute(request, '/docs');
    response.redirect(308, '/docs/');
  });
  router.use('/docs/', withPolicy);
  router.get('/docs/', (_, response) => {
    response.set('Content-Type', 'text/html; charset=utf-8').end(PAGE);
  });
  router.get('/docs/start.js', (_, response) => {
    response.set('Content-Type', 'text/javascript; charset=utf-8').end(START);
  });
  for (const asset of ASSETS) {
    router.get(`/docs/${asset}`, (_, response) => {
      response.sendFile(asset, { root: ASSETS_FOLDER, maxAge: '1h' });
    });
  }
  return router;
}

const withPolicy: RequestHandler = (request, response, next) => {
  setRoute(request, '/docs/');
  response.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  next();
};
