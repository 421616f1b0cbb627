"""What an app may make itself look like, so that it does not stand out: the colours and sizes of the portal's pages.

Source: SMART App Launch 2.2, "Styling" (`smart_style_url`).
"""

import msgspec

STYLE = msgspec.json.encode(
    {
        "color_background": "#f0f4f5",
        "color_error": "#d5281b",
        "color_highlight": "#005eb8",
        "color_modal_backdrop": "#212b32",
        "color_success": "#007f3b",
        "color_text": "#212b32",
        "dim_border_radius": "4px",
        "dim_font_size": "16px",
        "dim_spacing_size": "16px",
        "font_family_body": "Arial, sans-serif",
        "font_family_heading": "Arial, sans-serif",
    }
)
