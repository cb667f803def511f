"""The web: the client's chat, the coach desk and the API. Server-rendered; works without JavaScript, live with it."""
