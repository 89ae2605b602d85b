module.exports = {
  title: "Example",
  url: "https://www.example.com",
  baseUrl: "/",
  DOCUSAURUS
  presets: [["classic", { docs: false, blog: false }]],
};
