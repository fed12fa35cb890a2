"""The frontend's site at Netlify: its build gets what the stack made, and is published only when it has to be."""
