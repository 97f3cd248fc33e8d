"""The demo's agencies: people, contrats and six weeks of visits around today, told through the domain's own verbs."""
