"""The script Streamlit runs for every interaction: header, language switch, navigation, the page itself."""


from renzhi.ui import layout

layout.draw()
